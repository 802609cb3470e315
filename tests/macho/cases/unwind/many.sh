# A few thousand functions take several second-level pages, of both kinds, and each is still found.
//# before: sh make.sh > many.s; $CC $TARGET -c many.s -o many.o
//# link: many.o
//# run: exit 42
//# unwind: _f0 mode=frameless encoding=0x02000000
//# unwind: _f1 mode=frameless encoding=0x02001000
//# unwind: _f4999 mode=frameless
//# function-starts: count=5001
//# file: make.sh
echo .subsections_via_symbols
i=0
while [ $i -lt 5000 ]; do
  size=$(( (i % 250) * 16 ))
  echo ".globl _f$i"
  echo ".p2align 2"
  echo "_f$i: .cfi_startproc"
  if [ $size -gt 0 ]; then echo "sub sp, sp, #$size"; echo ".cfi_def_cfa_offset $size"; echo "add sp, sp, #$size"; fi
  echo ret
  echo .cfi_endproc
  i=$((i + 1))
done
echo ".globl _main"; echo "_main: mov w0, #42"; echo ret
