// Thread-local variables: descriptors call __tlv_bootstrap, and the initial image is data followed by zeros.
//# link: $IN
//# run: exit 42
//# flag: MH_HAS_TLV_DESCRIPTORS
//# section: __DATA,__thread_vars type=S_THREAD_LOCAL_VARIABLES size=48
//# section: __DATA,__thread_data type=S_THREAD_LOCAL_REGULAR size=4
//# section: __DATA,__thread_bss type=S_THREAD_LOCAL_ZEROFILL size=8
//# import: __tlv_bootstrap from libSystem count=2
//# export: _counter thread-local
//# symbol: _zeros local
__thread int counter = 40;
static __thread long zeros;
int main(void) {
  zeros += 2;
  return counter + (int)zeros;
}
