// .init pieces come from crti to crtn in order, and DT_INIT names _init.
//# cc-link: $IN
//# run: exit 0
//# check: dt(INIT) == _init
//# check: addr(.init) == _init
int main(void) { return 0; }
