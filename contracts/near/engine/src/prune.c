/*
 * Build time: leaves out of the image what the contract cannot ask for: properties of built-in objects whose names are not kept,
 * and classes of which no object can be made.
 */

/* Classes of which no object can be made unless one of these names is kept. */
static const struct {
    uint8_t class_id;
    const char *names[3];
} class_names[] = {
    { JS_CLASS_DATE, { "Date" } },
    { JS_CLASS_BOUND_FUNCTION, { "bind" } },
    { JS_CLASS_SHARED_ARRAY_BUFFER, { "SharedArrayBuffer" } },
    { JS_CLASS_UINT8C_ARRAY, { "Uint8ClampedArray" } },
    { JS_CLASS_INT8_ARRAY, { "Int8Array" } },
    { JS_CLASS_INT16_ARRAY, { "Int16Array" } },
    { JS_CLASS_UINT16_ARRAY, { "Uint16Array" } },
    { JS_CLASS_INT32_ARRAY, { "Int32Array" } },
    { JS_CLASS_UINT32_ARRAY, { "Uint32Array" } },
    { JS_CLASS_BIG_INT64_ARRAY, { "BigInt64Array" } },
    { JS_CLASS_BIG_UINT64_ARRAY, { "BigUint64Array" } },
    { JS_CLASS_FLOAT16_ARRAY, { "Float16Array" } },
    { JS_CLASS_FLOAT32_ARRAY, { "Float32Array" } },
    { JS_CLASS_FLOAT64_ARRAY, { "Float64Array" } },
    { JS_CLASS_DATAVIEW, { "DataView" } },
    { JS_CLASS_MAP, { "Map" } },
    { JS_CLASS_SET, { "Set" } },
    { JS_CLASS_WEAKMAP, { "WeakMap" } },
    { JS_CLASS_WEAKSET, { "WeakSet" } },
    { JS_CLASS_MAP_ITERATOR, { "Map" } },
    { JS_CLASS_SET_ITERATOR, { "Set" } },
    { JS_CLASS_ITERATOR_CONCAT, { "Iterator" } },
    { JS_CLASS_DISPOSABLE_STACK, { "DisposableStack" } },
    { JS_CLASS_ASYNC_DISPOSABLE_STACK, { "AsyncDisposableStack" } },
    { JS_CLASS_PROXY, { "Proxy" } },
    { JS_CLASS_WEAK_REF, { "WeakRef" } },
    { JS_CLASS_FINALIZATION_REGISTRY, { "FinalizationRegistry" } },
    { JS_CLASS_DOM_EXCEPTION, { "DOMException" } },
    { JS_CLASS_CALL_SITE, { "prepareStackTrace" } },
    { JS_CLASS_RAWJSON, { "rawJSON" } },
    { JS_CLASS_REGEXP, { "RegExp" } },
    { JS_CLASS_REGEXP_STRING_ITERATOR, { "RegExp" } },
    { JS_CLASS_PROMISE, { "Promise" } },
    { JS_CLASS_PROMISE_RESOLVE_FUNCTION, { "Promise" } },
    { JS_CLASS_PROMISE_REJECT_FUNCTION, { "Promise" } },
};

static bool uses_generators(void)
{
    return live_function_kinds & (1 << JS_FUNC_GENERATOR | 1 << JS_FUNC_ASYNC_GENERATOR);
}

static bool uses_async(void)
{
    return live_function_kinds & (1 << JS_FUNC_ASYNC | 1 << JS_FUNC_ASYNC_GENERATOR);
}

/* Follows what needs what, before anything goes. */
static void keep_implied_names(void)
{
    if (live_opcodes[OP_regexp] || has_name("match") || has_name("matchAll") || has_name("search"))
        image_keep_name("RegExp");
    if (uses_async())
        image_keep_name("Promise");
    for (int i = 0; i < countof(implied); i++) {
        if (!has_name(implied[i].name))
            continue;
        for (const char *const *need = implied[i].needs; *need; need++)
            image_keep_name(*need);
    }
}

/* Whether a built-in of this name stays. After image_prune, before image_finish. */
EXPORT(image_keeps) bool image_keeps(const char *name)
{
    return has_name(name);
}

/* Room for every property of the built-ins. */
static void prepare_left_out(void)
{
    uint32_t property_count = 0;
    if (left_out)
        return;
    for (int i = 0; i < builtin_count; i++)
        property_count += JS_VALUE_GET_OBJ(builtins[i])->shape->prop_count;
    left_out = malloc(property_count * sizeof *left_out);
    suspect_atom_count = runtime->atom_size;
    suspect_atoms = calloc(suspect_atom_count / 8 + 1, 1);
}

static void remember_left_out(const JSObject *object, JSAtom name)
{
    left_out[left_out_count++] = left_out_key(object, runtime->atom_array[name]);
    if (name < suspect_atom_count)
        suspect_atoms[name >> 3] |= 1 << (name & 7);
}

static bool is_kept_property(const JSObject *object, const JSShapeProperty *property)
{
    JSAtom atom = property->atom;
    return atom == JS_ATOM_NULL || JS_AtomGetKind(context, atom) != JS_ATOM_KIND_STRING || __JS_AtomIsTaggedInt(atom) ||
        !(property->flags & JS_PROP_CONFIGURABLE) || (atom < is_kept_size && is_kept[atom]);
}

/* Deletes what is not kept. `all`: whatever is a string, kept or not. */
static void prune_object(JSObject *object, bool all)
{
    int count = 0;
    JSAtom *names = malloc((object->shape->prop_count + 1) * sizeof *names);
    JSShapeProperty *property = get_shape_prop(object->shape);
    for (int i = 0; i < object->shape->prop_count; i++, property++) {
        bool is_string = property->atom && JS_AtomGetKind(context, property->atom) == JS_ATOM_KIND_STRING;
        if (all ? is_string : !is_kept_property(object, property))
            names[count++] = property->atom;
    }
    for (int i = 0; i < count; i++) {
        remember_left_out(object, names[i]);
        JS_DeleteProperty(context, JS_MKPTR(JS_TAG_OBJECT, object), names[i], 0);
    }
    free(names);
    if (count && object->shape->deleted_prop_count)
        compact_properties(context, object);
}

/* A class of which no object can be made: its prototype and hooks go. */
static void drop_class(int class_id)
{
    JSClass *class = &runtime->class_array[class_id];
    JS_FreeValue(context, context->class_proto[class_id]);
    context->class_proto[class_id] = JS_NULL;
    class->finalizer = NULL;
    class->gc_mark = NULL;
    class->call = NULL;
    class->exotic = NULL;
}

static void drop_value(JSValue *value)
{
    JS_FreeValue(context, *value);
    *value = JS_UNDEFINED;
}

static void drop_classes(void)
{
    for (int i = 0; i < countof(class_names); i++) {
        if (!has_name(class_names[i].names[0]))
            drop_class(class_names[i].class_id);
    }
    drop_class(JS_CLASS_MODULE_NS);
    drop_class(JS_CLASS_C_CLOSURE);
    if (!(live_function_kinds & 1 << JS_FUNC_GENERATOR))
        drop_class(JS_CLASS_GENERATOR_FUNCTION);
    if (!uses_generators())
        drop_class(JS_CLASS_GENERATOR);
    if (!(live_function_kinds & 1 << JS_FUNC_ASYNC))
        drop_class(JS_CLASS_ASYNC_FUNCTION);
    if (!uses_async()) {
        drop_class(JS_CLASS_ASYNC_FUNCTION_RESOLVE);
        drop_class(JS_CLASS_ASYNC_FUNCTION_REJECT);
        drop_class(JS_CLASS_ASYNC_FROM_SYNC_ITERATOR);
        drop_value(&context->async_iterator_proto);
    }
    if (!(live_function_kinds & 1 << JS_FUNC_ASYNC_GENERATOR)) {
        drop_class(JS_CLASS_ASYNC_GENERATOR_FUNCTION);
        drop_class(JS_CLASS_ASYNC_GENERATOR);
    }
    if (!has_name("Promise"))
        drop_value(&context->promise_ctor);
    if (!has_name("RegExp")) {
        context->compile_regexp = NULL;
        drop_value(&context->regexp_ctor);
        js_free_shape_null(runtime, context->regexp_shape);
        js_free_shape_null(runtime, context->regexp_result_shape);
        context->regexp_shape = context->regexp_result_shape = NULL;
    }
}

/* Iterator helpers (`map` on an iterator, say) need the class `Iterator` named: their names are the arrays' too. */
static void drop_iterator_helpers(void)
{
    drop_class(JS_CLASS_ITERATOR_HELPER);
    drop_class(JS_CLASS_ITERATOR_WRAP);
    drop_value(&context->iterator_ctor);
    drop_value(&context->iterator_ctor_getset);
    prune_object(JS_VALUE_GET_OBJ(context->class_proto[JS_CLASS_ITERATOR]), true);
}

/* A function of a global object that code names on other objects only: `Math.log`, say. Before image_prune. */
EXPORT(image_leave_out) void image_leave_out(const char *global, const char *name)
{
    JSValue object = JS_GetPropertyStr(context, context->global_obj, global);
    JSAtom atom = JS_NewAtom(context, name);
    prepare_left_out();
    remember_left_out(JS_VALUE_GET_OBJ(object), atom);
    JS_DeleteProperty(context, object, atom, 0);
    JS_FreeAtom(context, atom);
    JS_FreeValue(context, object);
}

static int compare_keys(const void *left, const void *right, void *unused)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

EXPORT(image_prune) void image_prune(void)
{
    keep_implied_names();
    prepare_left_out();

    /* Object.prototype stays whole: a key of a caller's choosing must find there what it finds anywhere. */
    JSObject *object_prototype = JS_VALUE_GET_OBJ(context->class_proto[JS_CLASS_OBJECT]);
    for (int i = 0; i < builtin_count; i++) {
        JSObject *object = JS_VALUE_GET_OBJ(builtins[i]);
        if (object != object_prototype)
            prune_object(object, false);
    }
    if (!has_name("Iterator"))
        drop_iterator_helpers();
    drop_classes();
    rqsort(left_out, left_out_count, sizeof *left_out, compare_keys, NULL);
}

/* The builder's own references to builtins and names. */
static void forget_marks(void)
{
    for (int i = 0; i < builtin_count; i++)
        JS_FreeValue(context, builtins[i]);
    for (uint32_t atom = 0; atom < is_kept_size; atom++) {
        if (is_kept[atom])
            JS_FreeAtom(context, atom);
    }
    free(builtins);
    free(is_kept);
    builtins = NULL;
    is_kept = NULL;
    builtin_count = is_kept_size = 0;
}
