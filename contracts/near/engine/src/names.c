/*
 * Build time: the names that a contract may ask built-in objects for. A name is kept when it stands in live bytecode, in a live
 * string, in the author's `@keep`, or in the lists below.
 */

/* Looked up by the engine's own C code. */
static const char *const always_kept[] = {
    "constructor", "prototype", "length", "name", "message", "stack", "cause", "errors", "toString", "valueOf",
    "toJSON", "next", "return", "throw", "done", "value", "then", "join", "exec", "flags", "lastIndex", "index",
    "input", "groups", "source", "global", "raw", "callee", "add", "set", "get", "has", "resolve", "reject",
};

/* One name makes the engine look up others. */
static const struct {
    const char *name;
    const char *needs[9];
} implied[] = {
    { "Date", { "toISOString" } },
    { "Set", { "size", "keys" } },
    { "RegExp", { "hasIndices", "ignoreCase", "multiline", "dotAll", "unicode", "unicodeSets", "sticky", "indices" } },
    { "fromAsync", { "Promise" } },
    { "queueMicrotask", { "Promise" } },
    { "structuredClone", { "DOMException" } },
    { "btoa", { "DOMException" } },
    { "atob", { "DOMException" } },
};

/* Every object that exists before the contract's code is loaded. */
static JSValue *builtins;
static int builtin_count;

static uint8_t *is_kept; /* by atom */
static uint32_t is_kept_size;

static uint8_t live_opcodes[256];
static unsigned live_function_kinds; /* bits by JSFunctionKindEnum */

static bool is_builtin(const JSObject *object)
{
    for (int i = 0; i < builtin_count; i++) {
        if (JS_VALUE_GET_OBJ(builtins[i]) == object)
            return true;
    }
    return false;
}

static void keep_atom(JSAtom atom)
{
    if (atom == JS_ATOM_NULL || __JS_AtomIsTaggedInt(atom))
        return;
    if (atom >= is_kept_size) {
        uint32_t size = atom + 4096;
        is_kept = realloc(is_kept, size);
        memset(is_kept + is_kept_size, 0, size - is_kept_size);
        is_kept_size = size;
    }
    if (!is_kept[atom])
        JS_DupAtom(context, atom);
    is_kept[atom] = 1;
}

static void keep_name(const char *name, size_t length)
{
    JSAtom atom = JS_NewAtomLen(context, name, length);
    keep_atom(atom);
    JS_FreeAtom(context, atom);
}

static bool has_name(const char *name)
{
    JSAtom atom = JS_NewAtom(context, name);
    bool has = atom < is_kept_size && is_kept[atom];
    JS_FreeAtom(context, atom);
    return has;
}

/* Makes every lazy global, then remembers all objects. */
EXPORT(image_mark_builtins) void image_mark_builtins(void)
{
    JSPropertyEnum *names;
    uint32_t count;
    struct list_head *entry;
    JS_GetOwnPropertyNames(context, &names, &count, context->global_obj, JS_GPN_STRING_MASK);
    for (uint32_t i = 0; i < count; i++)
        JS_FreeValue(context, JS_GetProperty(context, context->global_obj, names[i].atom));
    JS_FreePropertyEnum(context, names, count);

    int objects = 0;
    list_for_each(entry, &runtime->gc_obj_list)
        objects++;
    builtins = malloc(objects * sizeof *builtins);
    list_for_each(entry, &runtime->gc_obj_list) {
        JSGCObjectHeader *header = list_entry(entry, JSGCObjectHeader, link);
        if (JS_GC_TYPE(header) == JS_GC_OBJ_TYPE_JS_OBJECT)
            builtins[builtin_count++] = js_dup(JS_MKPTR(JS_TAG_OBJECT, (JSObject *)header));
    }
}

static void keep_string(JSValueConst value)
{
    if (JS_VALUE_GET_TAG(value) != JS_TAG_STRING)
        return;
    JSAtom atom = JS_ValueToAtom(context, value);
    keep_atom(atom);
    JS_FreeAtom(context, atom);
}

/* Giving a property to an object that is being made asks no built-in for it. */
static bool defines_property(int opcode)
{
    return opcode == OP_define_field || opcode == OP_define_method || opcode == OP_set_name;
}

static void scan_function(JSFunctionBytecode *function)
{
    live_function_kinds |= 1 << function->func_kind;
    for (int at = 0; at < function->byte_code_len;) {
        int opcode = function->byte_code_buf[at];
        const JSOpCode *description = &short_opcode_info(opcode);
        live_opcodes[opcode] = 1;
        switch (defines_property(opcode) ? OP_FMT_none : description->fmt) {
        case OP_FMT_atom:
        case OP_FMT_atom_u8:
        case OP_FMT_atom_u16:
        case OP_FMT_atom_label_u8:
        case OP_FMT_atom_label_u16:
            keep_atom(get_u32(function->byte_code_buf + at + 1));
            break;
        default:
            break;
        }
        at += description->size;
    }
    for (int i = 0; i < function->cpool_count; i++)
        keep_string(function->cpool[i]);
}

static void scan_object(JSObject *object)
{
    JSShapeProperty *names = get_shape_prop(object->shape);
    bool is_function = JS_IsFunction(context, JS_MKPTR(JS_TAG_OBJECT, object));
    for (int i = 0; i < object->shape->prop_count; i++) {
        if (is_function && names[i].atom == JS_ATOM_name)
            continue; /* a built-in that loading has called, say: a call need not */
        if (names[i].atom && (names[i].flags & JS_PROP_TMASK) == JS_PROP_NORMAL)
            keep_string(object->prop[i].u.value);
    }
    if (object->class_id == JS_CLASS_ARRAY && object->fast_array) {
        for (uint32_t i = 0; i < object->u.array.count; i++)
            keep_string(object->u.array.u.values[i]);
    }
}

/* The names that live code and live strings say, and the opcodes in use. After image_forget_modules. */
EXPORT(image_scan_names) void image_scan_names(void)
{
    struct list_head *entry;
    int count = 0;
    JS_RunGC(runtime);
    list_for_each(entry, &runtime->gc_obj_list)
        count++;
    /* Scanning makes atoms, but no objects. */
    list_for_each(entry, &runtime->gc_obj_list) {
        JSGCObjectHeader *header = list_entry(entry, JSGCObjectHeader, link);
        switch (JS_GC_TYPE(header)) {
        case JS_GC_OBJ_TYPE_FUNCTION_BYTECODE:
            scan_function((JSFunctionBytecode *)header);
            break;
        case JS_GC_OBJ_TYPE_VAR_REF:
            keep_string(*((JSVarRef *)header)->pvalue);
            break;
        case JS_GC_OBJ_TYPE_JS_OBJECT:
            if (!is_builtin((JSObject *)header))
                scan_object((JSObject *)header);
            break;
        default:
            break;
        }
    }
    for (int i = 0; i < countof(always_kept); i++)
        keep_name(always_kept[i], strlen(always_kept[i]));
}

EXPORT(image_keep_name) void image_keep_name(const char *name)
{
    keep_name(name, strlen(name));
}
