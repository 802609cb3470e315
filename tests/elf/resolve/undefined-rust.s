# Rust's mangled names are printed as written in Rust, both schemes; C++ ones as in C++.
//# link: -e go $IN
//# error: core::fmt::Write::write_fmt
//# error: mycrate::example
//# error: Shape::area(int)
//# error: outer::inner::f(std::vector
//# link[raw]: -e go $IN --no-demangle
//# error: undefined symbol: _ZN5Shape4areaEi
        .globl go
        .text
go:     call _ZN4core3fmt5Write9write_fmt17h0123456789abcdefE
        call _RNvCs15kBYyAo9fc_7mycrate7example
        call _ZN5Shape4areaEi
        call _ZN5outer5inner1fESt6vectorIiSaIiEE
