// -pagezero_size moves the image; the size is hexadecimal.
//# link: $IN -pagezero_size 0x8000000
//# check: seg(__TEXT) == 0x8000000
//# check: segsize(__PAGEZERO) == 0x8000000
int main(void) { return 0; }
