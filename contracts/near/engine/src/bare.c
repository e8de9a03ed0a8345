/*
 * Build time: functions without what only stack traces need: lines, names, and the properties `name`, `length` and `prototype`
 * of each. `length` and `prototype` come from Function.prototype instead, when code asks; a name only classes have.
 */

static JSFunctionBytecode *bytecode_of(JSValueConst value)
{
    if (!JS_IsObject(value) || !js_class_has_bytecode(JS_VALUE_GET_OBJ(value)->class_id))
        return NULL;
    return JS_VALUE_GET_OBJ(value)->u.func.function_bytecode;
}

static JSValue js_function_get_length(JSContext *ctx, JSValueConst function)
{
    JSFunctionBytecode *code = bytecode_of(function);
    if (code)
        return js_int32(code->defined_arg_count);
    return js_int32(is_class(function, JS_CLASS_C_FUNCTION) ? JS_VALUE_GET_OBJ(function)->u.cfunc.length : 0);
}

static JSValue js_function_get_prototype(JSContext *ctx, JSValueConst function)
{
    JSFunctionBytecode *code = bytecode_of(function);
    if (!code || !code->has_prototype)
        return JS_UNDEFINED;
    if (JS_DefineAutoInitProperty(ctx, function, JS_ATOM_prototype, JS_AUTOINIT_ID_PROTOTYPE, NULL, JS_PROP_WRITABLE) < 0)
        return JS_EXCEPTION;
    return JS_GetProperty(ctx, function, JS_ATOM_prototype);
}

static JSValue js_function_set_prototype(JSContext *ctx, JSValueConst function, JSValueConst prototype)
{
    JSFunctionBytecode *code = bytecode_of(function);
    int flags = code && code->has_prototype ? JS_PROP_WRITABLE : JS_PROP_C_W_E;
    return JS_DefinePropertyValue(ctx, function, JS_ATOM_prototype, js_dup(prototype), flags | JS_PROP_THROW) < 0
        ? JS_EXCEPTION
        : JS_UNDEFINED;
}

static const JSCFunctionListEntry function_properties[] = {
    JS_CGETSET_DEF("length", js_function_get_length, NULL),
    JS_CGETSET_DEF("prototype", js_function_get_prototype, js_function_set_prototype),
};

/* Whether all that an object has is what every function gets, unchanged. */
static bool is_bare_function(const JSObject *object)
{
    bool is_code = object->class_id == JS_CLASS_BYTECODE_FUNCTION;
    const JSShape *shape = object->shape;
    JSShapeProperty *names = get_shape_prop(shape);
    if ((!is_code && object->class_id != JS_CLASS_C_FUNCTION) || shape->proto != JS_VALUE_GET_OBJ(context->function_proto))
        return false;
    for (int i = 0; i < shape->prop_count; i++) {
        bool is_described = (names[i].atom == JS_ATOM_length || names[i].atom == JS_ATOM_name) && names[i].flags == JS_PROP_CONFIGURABLE;
        bool is_lazy_prototype = is_code && names[i].atom == JS_ATOM_prototype && (names[i].flags & JS_PROP_TMASK) == JS_PROP_AUTOINIT;
        if (!is_described && !is_lazy_prototype)
            return false;
    }
    return shape->prop_count > 0;
}

/* Of functions without properties: whoever adds one clones it. */
static JSShape *bare_shape;

static void make_bare(JSObject *function)
{
    JSShape *shape = function->shape;
    for (int i = 0; i < shape->prop_count; i++)
        free_property(runtime, &function->prop[i], get_shape_prop(shape)[i].flags);
    js_free(context, function->prop);
    function->prop = NULL;
    function->shape = js_dup_shape(bare_shape);
    js_free_shape(runtime, shape);
}

static void drop_trace(JSFunctionBytecode *function)
{
    js_free(context, function->pc2line_buf);
    function->pc2line_buf = NULL;
    JS_FreeAtom(context, function->func_name);
    JS_FreeAtom(context, function->filename);
    function->func_name = function->filename = JS_ATOM_NULL;
    function->pc2line_len = function->line_num = function->col_num = 0;
}

static void for_each_function(void (*act)(JSFunctionBytecode *function));

static void drop_traces(void)
{
    struct list_head *entry;
    int count = 0;
    JSObject *prototype = JS_VALUE_GET_OBJ(context->function_proto);
    are_functions_bare = true;
    backtrace = NULL;
    JS_SetPropertyFunctionList(context, context->function_proto, function_properties, countof(function_properties));

    bare_shape = js_new_shape_nohash(context, prototype, JS_PROP_INITIAL_HASH_SIZE, 0);
    bare_shape->shape_hash_next = NULL;
    bare_shape->is_hashed = true; /* shared; in no table, for an object that is made has room for properties */
    bare_shape->hash = shape_initial_hash(prototype);
    /* All first: a shape that is freed leaves the list. */
    list_for_each(entry, &runtime->gc_obj_list)
        count++;
    JSObject **functions = malloc(count * sizeof *functions);
    count = 0;
    list_for_each(entry, &runtime->gc_obj_list) {
        JSGCObjectHeader *header = list_entry(entry, JSGCObjectHeader, link);
        if (JS_GC_TYPE(header) == JS_GC_OBJ_TYPE_JS_OBJECT && is_bare_function((JSObject *)header))
            functions[count++] = (JSObject *)header;
    }
    while (count > 0)
        make_bare(functions[--count]);
    free(functions);
    for_each_function(drop_trace);
}
