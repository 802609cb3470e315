// The symbols that the linker defines mark what their names say.
//# also: start.s
//# unlike: lld -- it has no __GNU_EH_FRAME_HDR
//# link: $IN --eh-frame-hdr
//# run: exit 0
//# check: __ehdr_start == seg(LOAD)
//# check: __executable_start == seg(LOAD)
//# check: _end == end(.bss)
//# check: end == _end
//# check: __bss_start <= addr(.bss)
//# check: _edata == end(.data)
//# check: _etext >= end(.text)
//# check: etext == _etext
//# check: __GNU_EH_FRAME_HDR == addr(.eh_frame_hdr)
//# check: __init_array_end - __init_array_start == 8
//# check: __fini_array_start == __fini_array_end
//# check: __preinit_array_start == __preinit_array_end
extern char __ehdr_start[], __executable_start[], _end[], end[], __bss_start[], _edata[], edata[], _etext[], etext[];
extern char __GNU_EH_FRAME_HDR[], _GLOBAL_OFFSET_TABLE_[];
extern void (*__init_array_start[])(void), (*__init_array_end[])(void);
extern void (*__fini_array_start[])(void), (*__fini_array_end[])(void);
extern void (*__preinit_array_start[])(void), (*__preinit_array_end[])(void);
char bss[100], data[4] = "abc";
static int count;
static __attribute__((constructor)) void construct(void) { count += 7; }
int main(void) {
  for (void (**f)(void) = __init_array_start; f < __init_array_end; f++) (*f)();
  for (void (**f)(void) = __fini_array_start; f < __fini_array_end; f++) (*f)();
  for (void (**f)(void) = __preinit_array_start; f < __preinit_array_end; f++) (*f)();
  if (__ehdr_start[1] != 'E' || __executable_start != __ehdr_start || end != _end || edata != _edata) return 1;
  if (etext != _etext || _etext < (char *)main || __bss_start > bss || _end < bss + 100 || _edata < data + 4) return 2;
  return count != 7 || __GNU_EH_FRAME_HDR[0] != 1 || !_GLOBAL_OFFSET_TABLE_;
}
