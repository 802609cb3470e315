// A stand-in for libobjc: sends messages by walking the lists of methods of classes and of categories it was told of.
typedef struct method_list {
    unsigned flags, count;
} method_list;
typedef struct {
    unsigned flags, start, size, pad;
    const void *ivar_layout;
    const char *name;
    const method_list *methods;
} class_ro;
typedef struct class {
    struct class *isa, *superclass;
    void *cache, *vtable;
    class_ro *data;
} class;
typedef struct {
    const char *name;
    class *class;
    const method_list *instance_methods, *class_methods;
} category;

char _objc_empty_cache[16];
char __CFConstantStringClassReference[192];
static category **categories;
static int category_count;

static int equal(const char *a, const char *b) {
    for (; *a && *a == *b; a++, b++) {
    }
    return *a == *b;
}

// In a relative list the first distance is to a reference to the selector.
static void *find_in(const method_list *list, const char *selector) {
    for (unsigned i = 0; list && i < list->count; i++) {
        if (list->flags & 0x80000000) {
            const int *entry = (const int *)(list + 1) + 3 * i;
            const char *name = *(const char **)((char *)entry + entry[0]);
            if ((list->flags & 0xfffc) == 12 && equal(name, selector))
                return (char *)(entry + 2) + entry[2];
        } else {
            const char **entry = (const char **)(list + 1) + 3 * i;
            if ((list->flags & 0xfffc) == 24 && equal(entry[0], selector))
                return (void *)entry[2];
        }
    }
    return 0;
}

void *lookup(class **self, const char *selector) {
    for (class *in = *self; in; in = in->superclass) {
        for (int i = 0; i < category_count; i++) {
            category *added = categories[i];
            void *found = added->class == in    ? find_in(added->instance_methods, selector)
                          : added->class->isa == in ? find_in(added->class_methods, selector)
                                                    : 0;
            if (found)
                return found;
        }
        void *found = find_in(in->data->methods, selector);
        if (found)
            return found;
    }
    __builtin_trap();
}

// What a case expects of the linker.
int is_relative(class *in) { return in->data->methods->flags >> 31; }

void use_categories(category **first, category **end) {
    categories = first;
    category_count = (int)(end - first);
}

__asm__(".text\n.globl _objc_msgSend\n.p2align 2\n_objc_msgSend:\n"
        "stp x29, x30, [sp, #-80]!\nstp x0, x1, [sp, #16]\nstp x2, x3, [sp, #32]\nstp x4, x5, [sp, #48]\n"
        "stp x6, x7, [sp, #64]\nbl _lookup\nmov x16, x0\nldp x0, x1, [sp, #16]\nldp x2, x3, [sp, #32]\n"
        "ldp x4, x5, [sp, #48]\nldp x6, x7, [sp, #64]\nldp x29, x30, [sp], #80\nbr x16\n");
