// -r: of the visibilities that inputs give a name the most constraining one counts; names stay global.
//# link: -r $IN
//# symbol: hidden_here global hidden defined
//# symbol: hidden_there global hidden defined
//# symbol: guarded global protected defined
//# symbol: weak_value global object section=.data
//# symbol: only_weak weak undefined
int hidden_here __attribute__((visibility("hidden"))) = 1;
int hidden_there = 1;
int guarded = 1;
int weak_value __attribute__((weak)) = 1;
extern int only_weak __attribute__((weak));
int *f(void) { return &only_weak; }
//# file: b.c
extern int hidden_here, hidden_there __attribute__((visibility("hidden")));
extern int guarded __attribute__((visibility("protected")));
int weak_value = 2;
int g(void) { return hidden_here + hidden_there + guarded; }
