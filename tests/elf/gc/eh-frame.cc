// Unwind records do not keep their functions alive; those of live functions keep personality and LSDA.
//# cflags: -ffunction-sections
//# cc-link: $IN -Wl,--gc-sections
//# run: exit 5
//# absent: _Z6unusedv
struct Guard { int *p; ~Guard() { *p += 2; } };
int side;
void thrower(int x) { Guard guard{&side}; if (x) throw x; }
int unused() { try { thrower(1); } catch (...) { return 1; } return 0; }
int main() { try { thrower(3); } catch (int x) { return x + side; } }
