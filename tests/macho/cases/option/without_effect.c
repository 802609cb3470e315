// What is taken and does nothing says so, where the output is less than what was asked for.
//# link: $IN -make_mergeable -dirty_data_list list
//# warning: -make_mergeable has no effect: the dylib is like any other and cannot be merged
//# warning: -dirty_data_list has no effect: data stays in input order
//# lld: differs because it knows neither
//# run: exit 42
int main(void) { return 42; }
