// The symbol of an -alias must be defined.
//# lld: differs because it only warns
//# link: $IN -alias _nothing _other
//# error: undefined base symbol '_nothing' for alias '_other'
int main(void) { return 0; }
