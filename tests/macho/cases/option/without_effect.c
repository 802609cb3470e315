// What is taken and does nothing says so.
//# link: $IN -why_live _main -order_file_statistics
//# warning: -why_live has no effect yet
//# warning: -order_file_statistics has no effect yet
//# lld: differs because it knows them
//# run: exit 42
int main(void) { return 42; }
