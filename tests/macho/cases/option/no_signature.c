// -no_adhoc_codesign leaves the signature out.
//# link: $IN -no_adhoc_codesign
//# no-check: there is no signature
//# no-command: LC_CODE_SIGNATURE
int main(void) { return 0; }
