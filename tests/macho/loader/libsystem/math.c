// <math.h>: the host's functions. A long double is a double to Apple, so the third form of each is the first.
#define _GNU_SOURCE
#include "shims.h"
#include <complex.h>
#include <fenv.h>
#include <math.h>
#include <stdlib.h>

#define THREE(name) {#name, (void *)name}, {#name "f", (void *)name##f}, {#name "l", (void *)name}

static double shim___exp10(double x) { return exp10(x); }
static float shim___exp10f(float x) { return exp10f(x); }

// Sine and cosine in two registers.
struct two { double sine, cosine; };
struct two_f { float sine, cosine; };
static struct two shim___sincos_stret(double x) { return (struct two){sin(x), cos(x)}; }
static struct two_f shim___sincosf_stret(float x) { return (struct two_f){sinf(x), cosf(x)}; }
static struct two shim___sincospi_stret(double x) { return (struct two){sin(x * M_PI), cos(x * M_PI)}; }

// Apple's classes: NaN 1, infinite 2, zero 3, normal 4, subnormal 5.
static int class_of(int host) { return host == FP_NAN ? 1 : host == FP_INFINITE ? 2 : host == FP_ZERO ? 3 : host == FP_NORMAL ? 4 : 5; }
static int shim___fpclassifyd(double x) { return class_of(fpclassify(x)); }
static int shim___fpclassifyf(float x) { return class_of(fpclassify(x)); }
static int shim___isnand(double x) { return isnan(x); }
static int shim___isnanf(float x) { return isnan(x); }
static int shim___isinfd(double x) { return isinf(x); }
static int shim___isinff(float x) { return isinf(x); }
static int shim___isfinited(double x) { return isfinite(x); }
static int shim___isfinitef(float x) { return isfinite(x); }
static int shim___signbitd(double x) { return signbit(x) != 0; }
static int shim___signbitf(float x) { return signbit(x) != 0; }

// The compiler's own runtime, which libSystem has too.
typedef int quad __attribute__((mode(TI)));
typedef unsigned uquad __attribute__((mode(TI)));
quad __divti3(quad, quad), __modti3(quad, quad), __multi3(quad, quad), __fixdfti(double), __fixsfti(float);
uquad __udivti3(uquad, uquad), __umodti3(uquad, uquad), __fixunsdfti(double), __fixunssfti(float);
double __floattidf(quad), __floatuntidf(uquad);
float __floattisf(quad), __floatuntisf(uquad);

SHIMS(math_shims, THREE(acos), THREE(acosh), THREE(asin), THREE(asinh), THREE(atan), THREE(atan2), THREE(atanh), THREE(cbrt), THREE(ceil),
      THREE(copysign), THREE(cos), THREE(cosh), THREE(erf), THREE(erfc), THREE(exp), THREE(exp2), THREE(expm1), THREE(fabs), THREE(fdim),
      THREE(floor), THREE(fma), THREE(fmax), THREE(fmin), THREE(fmod), THREE(frexp), THREE(hypot), THREE(ilogb), THREE(ldexp), THREE(lgamma),
      THREE(llrint), THREE(llround), THREE(log), THREE(log10), THREE(log1p), THREE(log2), THREE(logb), THREE(lrint), THREE(lround),
      THREE(modf), THREE(nan), THREE(nearbyint), THREE(nextafter), THREE(pow), THREE(remainder), THREE(remquo), THREE(rint), THREE(round),
      THREE(scalbln), THREE(scalbn), THREE(sin), THREE(sinh), THREE(sqrt), THREE(tan), THREE(tanh), THREE(tgamma), THREE(trunc),
      THREE(cabs), THREE(carg), THREE(cexp), THREE(clog), THREE(cpow), THREE(csqrt), THREE(csin), THREE(ccos), SAME(j0), SAME(j1), SAME(jn),
      SAME(y0), SAME(y1), SAME(yn), {"signgam", &signgam}, OURS(__exp10), OURS(__exp10f), OURS(__sincos_stret), OURS(__sincosf_stret),
      OURS(__sincospi_stret), OURS(__fpclassifyd), OURS(__fpclassifyf), AS("__fpclassifyl", shim___fpclassifyd), OURS(__isnand),
      OURS(__isnanf), OURS(__isinfd), OURS(__isinff), OURS(__isfinited), OURS(__isfinitef), OURS(__signbitd), OURS(__signbitf),
      SAME(__divti3), SAME(__modti3), SAME(__udivti3), SAME(__umodti3), SAME(__multi3), SAME(__fixdfti), SAME(__fixsfti),
      SAME(__fixunsdfti), SAME(__fixunssfti), SAME(__floattidf), SAME(__floatuntidf), SAME(__floattisf), SAME(__floatuntisf));
