//! The generated links: who calls whom in objects of many small functions, whatever the format.
//!
//! Each function calls two others, near and far ones, names a string that may occur elsewhere as well, and has data
//! that points to a function; some bring an inline function that other objects bring too. The sizes are free, so that a
//! link can be made as large as a question needs it.

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) object_count: usize,
    pub(crate) function_count: usize,
    /// How many types the debug information describes for each function; 0 for no debug information.
    pub(crate) debug_types: usize,
}

/// What one function names: pairs are object and function.
#[derive(Debug)]
pub(crate) struct Function {
    /// It calls this function and loads the address of its data.
    pub(crate) far: (usize, usize),
    /// Its data points there.
    pub(crate) near: (usize, usize),
    /// Number of an inline function that it brings and calls; one that does not bring one calls `also`.
    pub(crate) inline: Option<usize>,
    pub(crate) also: (usize, usize),
    pub(crate) message: String,
}

/// One in so many functions brings an inline function that other objects bring as well.
const INLINE_EVERY: usize = 4;

impl Shape {
    /// Function number `function` of `object`.
    pub(crate) fn function(&self, object: usize, function: usize) -> Function {
        // Strides that are odd primes reach all objects, near and far ones.
        let near = (object + 1) % self.object_count;
        let far = (object * 31 + function * 17 + 7) % self.object_count;
        let other = (function * 13 + 5) % self.function_count;
        let inline = (object * 3 + function) % (self.function_count * 2) / INLINE_EVERY * INLINE_EVERY;
        // Every second string occurs in all objects.
        let message = if function.is_multiple_of(2) {
            format!("function {function} has something to say")
        } else {
            format!("function {function} of object {object} has something to say")
        };
        Function {
            far: (far, other),
            near: (near, other),
            inline: function.is_multiple_of(INLINE_EVERY).then_some(inline),
            also: (near, function),
            message,
        }
    }

    /// Names the folder that its objects are kept in.
    pub(crate) fn folder_name(&self) -> String {
        format!("{}-{}-{}", self.object_count, self.function_count, self.debug_types)
    }
}
