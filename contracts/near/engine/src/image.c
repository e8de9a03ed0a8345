/*
 * Build time: what the builder calls to load a contract and to bring the heap into the state that calls start from. None of
 * it is in a contract.
 */
extern JSCFunctionListEntry __start_function_lists[], __stop_function_lists[];

static JSModuleDef *contract_module;

EXPORT(image_allocate) void *image_allocate(size_t size)
{
    return malloc(size);
}

EXPORT(image_free) void image_free(void *pointer)
{
    free(pointer);
}

static void define_global_functions(const char *name, const JSCFunctionListEntry *functions, int count)
{
    JSValue object = JS_GetPropertyStr(context, context->global_obj, name);
    if (JS_IsUndefined(object)) {
        object = JS_NewObject(context);
        JS_SetPropertyStr(context, context->global_obj, name, js_dup(object));
    }
    JS_SetPropertyFunctionList(context, object, functions, count);
    JS_FreeValue(context, object);
}

EXPORT(image_create) void image_create(void)
{
    runtime = JS_NewRuntime();
    JS_SetGCThreshold(runtime, -1);
    JS_SetMaxStackSize(runtime, 0); /* nearcore limits the stack */
    context = JS_NewContext(runtime);
    context->random_state = 1;
    context->time_origin = 0;
    type_info = JS_NewAtom(context, "typeInfo");
    type_string_name = JS_NewAtom(context, "typeString");
    fields_name = JS_NewAtom(context, "fields");
    define_global_functions("env", host_functions, countof(host_functions));
    define_global_functions("env", env_functions, countof(env_functions));
    define_global_functions("native", native_functions, countof(native_functions));
    replacer = JS_NewCFunction(context, native_result_replacer, "", 2);
}

/* The pending exception as "message\nstack"; to be freed with image_free. */
EXPORT(image_take_error) char *image_take_error(void)
{
    JSValue error = JS_GetException(context);
    JSValue stack = JS_IsObject(error) ? JS_GetProperty(context, error, JS_ATOM_stack) : JS_UNDEFINED;
    const char *message = JS_ToCString(context, error);
    const char *trace = JS_IsUndefined(stack) ? "" : JS_ToCString(context, stack);
    char *text = malloc(strlen(message) + strlen(trace) + 2);
    strcpy(text, message);
    strcat(text, "\n");
    strcat(text, trace);
    return text;
}

/* Compiles and runs an ES module without imports. Returns 0, or -1 with an exception. */
EXPORT(image_load_module) int image_load_module(const char *source, size_t length, const char *file_name)
{
    JSContext *ctx;
    JSValue module = JS_Eval(context, source, length, file_name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(module) || JS_ResolveModule(context, module) < 0)
        return -1;
    contract_module = JS_VALUE_GET_PTR(module);

    JSValue done = JS_EvalFunction(context, module);
    if (JS_IsException(done))
        return -1;
    while (JS_ExecutePendingJob(runtime, &ctx) > 0)
        ;
    if (JS_PromiseState(context, done) == JS_PROMISE_REJECTED) {
        JS_Throw(context, JS_PromiseResult(context, done));
        return -1;
    }
    JS_FreeValue(context, done);
    return 0;
}

/* What a call does: see call.c. The addresses are those of the values, held for good. */
struct method {
    void *function, *first, *second;
};

/* [function, object, string]: see entry in builder/runtime/run-method.ts. */
static bool read_entry(JSValueConst value, struct method *method)
{
    JSValue *parts;
    uint32_t count;
    if (!js_get_fast_array(context, value, &parts, &count) || count != 3 || !JS_IsFunction(context, parts[0]) ||
        !JS_IsObject(parts[1]) || JS_VALUE_GET_TAG(parts[2]) != JS_TAG_STRING)
        return false;
    for (int i = 0; i < 3; i++)
        js_dup(parts[i]);
    *method = (struct method){ JS_VALUE_GET_PTR(parts[0]), JS_VALUE_GET_PTR(parts[1]), JS_VALUE_GET_PTR(parts[2]) };
    return true;
}

/* What is exported under this name; false when it cannot be called, a class for instance. */
EXPORT(image_method) bool image_method(const char *name, struct method *method)
{
    JSValue exports = JS_GetModuleNamespace(context, contract_module);
    JSValue function = JS_GetPropertyStr(context, exports, name);
    JS_FreeValue(context, exports);
    if (read_entry(function, method)) {
        JS_FreeValue(context, function);
        return true;
    }
    bool is_class_constructor = is_class(function, JS_CLASS_BYTECODE_FUNCTION) && JS_IsConstructor(context, function) &&
        !JS_VALUE_GET_OBJ(function)->u.func.function_bytecode->has_prototype;
    if (JS_IsFunction(context, function) && !is_class_constructor) {
        *method = (struct method){ .function = JS_VALUE_GET_OBJ(function) };
        return true;
    }
    JS_FreeValue(context, function);
    return false;
}

/* What only the module's top level reached goes. */
EXPORT(image_forget_modules) void image_forget_modules(void)
{
    js_free_modules(context, JS_FREE_MODULE_ALL);
    contract_module = NULL;
    JS_RunGC(runtime);
}

EXPORT(image_live_opcodes) uint8_t *image_live_opcodes(void)
{
    return live_opcodes;
}

/* Makes the lazy functions of these objects now: cheaper than in every call. */
static void make_lazy_properties(const char *global)
{
    JSPropertyEnum *names;
    uint32_t count;
    JSValue object = JS_GetPropertyStr(context, context->global_obj, global);
    if (!JS_IsObject(object))
        return;
    JS_GetOwnPropertyNames(context, &names, &count, object, JS_GPN_STRING_MASK);
    for (uint32_t i = 0; i < count; i++)
        JS_FreeValue(context, JS_GetProperty(context, object, names[i].atom));
    JS_FreePropertyEnum(context, names, count);
    JS_FreeValue(context, object);
}

/* Keeps of a variable only how closures find it. Its name serves eval, and the message of one error. */
static void drop_variable_descriptions(JSFunctionBytecode *function)
{
    for (int i = 0; i < function->arg_count + function->var_count; i++) {
        JSVarDef *variable = &function->vardefs[i];
        JS_FreeAtom(context, variable->var_name);
        *variable = (JSVarDef){ .is_captured = variable->is_captured, .var_ref_idx = variable->var_ref_idx };
    }
    for (int i = 0; i < function->closure_var_count; i++) {
        JS_FreeAtom(context, function->closure_var[i].var_name);
        function->closure_var[i].var_name = JS_ATOM_NULL;
    }
}

/* Of what only making closures, or running code that is not there, needs. */
static void drop_unused_parts(JSFunctionBytecode *function)
{
    bool is_any_captured = false;
    for (int i = 0; i < function->arg_count + function->var_count; i++)
        is_any_captured |= function->vardefs[i].is_captured;
    if (!is_any_captured)
        function->vardefs = NULL;
    if (function->cpool_count == 0)
        function->cpool = NULL;
    function->realm = NULL;
}

/* Marks the functions that code may still make closures of: those in other functions' constants. */
static void mark_inner_functions(JSFunctionBytecode *function)
{
    for (int i = 0; i < function->cpool_count; i++) {
        if (JS_VALUE_GET_TAG(function->cpool[i]) == JS_TAG_FUNCTION_BYTECODE)
            JS_GC_MARK(JS_VALUE_GET_PTR(function->cpool[i])) = 1;
    }
}

/* A function that is no inner one has its closure already: how to make it is of no use. */
static void drop_closure_recipe(JSFunctionBytecode *function)
{
    if (!JS_GC_MARK(function)) {
        memset(function->closure_var, 0, function->closure_var_count * sizeof *function->closure_var);
        function->closure_var = NULL;
    }
    JS_GC_MARK(function) = 0;
}

static void drop_source(JSFunctionBytecode *function)
{
    js_free(context, function->source);
    function->source = NULL;
    function->source_len = 0;
}

static void for_each_function(void (*act)(JSFunctionBytecode *function))
{
    struct list_head *entry;
    list_for_each(entry, &runtime->gc_obj_list) {
        JSGCObjectHeader *header = list_entry(entry, JSGCObjectHeader, link);
        if (JS_GC_TYPE(header) == JS_GC_OBJ_TYPE_FUNCTION_BYTECODE)
            act((JSFunctionBytecode *)header);
    }
}

static bool is_lazy(const JSShapeProperty *property)
{
    return property->atom != JS_ATOM_NULL && (property->flags & JS_PROP_TMASK) == JS_PROP_AUTOINIT;
}

/* Copies the list entries that are still to be made into functions, and wipes the lists. Returns which kinds are left. */
static unsigned copy_lazy_entries(void)
{
    unsigned kinds = 0;
    struct list_head *entry;
    list_for_each(entry, &runtime->gc_obj_list) {
        JSGCObjectHeader *header = list_entry(entry, JSGCObjectHeader, link);
        if (JS_GC_TYPE(header) != JS_GC_OBJ_TYPE_JS_OBJECT)
            continue;
        JSObject *object = (JSObject *)header;
        JSShapeProperty *properties = get_shape_prop(object->shape);
        for (int i = 0; i < object->shape->prop_count; i++) {
            if (!is_lazy(&properties[i]))
                continue;
            JSProperty *property = &object->prop[i];
            JSCFunctionListEntry *definition = property->u.init.opaque;
            kinds |= 1 << js_autoinit_get_id(property);
            if (definition < __start_function_lists || definition >= __stop_function_lists)
                continue;
            property->u.init.opaque = memcpy(malloc(sizeof *definition), definition, sizeof *definition);
        }
    }
    memset(__start_function_lists, 0, (char *)__stop_function_lists - (char *)__start_function_lists);
    return kinds;
}

/* Chains the first free atoms from the front, cuts the table behind the last one, and wipes what is free between: zeroes cost nothing. */
static void shrink_atoms(void)
{
    enum { SPARE_ATOMS = 64 };
    uint32_t last = 0, spare = 0;
    uint32_t *next = &runtime->atom_free_index;
    for (uint32_t atom = 1; atom < runtime->atom_size; atom++) {
        if (!atom_is_free(runtime->atom_array[atom]))
            last = atom;
    }
    for (uint32_t atom = 1; atom < runtime->atom_size; atom++) {
        if (!atom_is_free(runtime->atom_array[atom]))
            continue;
        runtime->atom_array[atom] = NULL;
        if (spare++ >= SPARE_ATOMS)
            continue;
        *next = atom;
        next = (uint32_t *)&runtime->atom_array[atom];
        last = atom > last ? atom : last;
    }
    *next = 0;
    for (uint32_t atom = runtime->atom_free_index; atom;) {
        uint32_t after = (uint32_t)(uintptr_t)runtime->atom_array[atom];
        runtime->atom_array[atom] = atom_set_free(after);
        atom = after;
    }
    runtime->atom_size = last + 1;
}

/* Nothing lists what a call starts with: without neighbours, to take an object out of the list is to write zeroes at address 0. */
static void unlink_objects(void)
{
    struct list_head *entry, *next;
    list_for_each_safe(entry, next, &runtime->gc_obj_list)
        entry->prev = entry->next = NULL;
    init_list_head(&runtime->gc_obj_list);
}

/* An atom's number may get a new name later: it becomes suspect. */
static void suspect_free_atoms(void)
{
    for (uint32_t atom = 1; atom < suspect_atom_count; atom++) {
        if (atom >= runtime->atom_size || atom_is_free(runtime->atom_array[atom]))
            suspect_atoms[atom >> 3] |= 1 << (atom & 7);
    }
}

/* The last step before the image is taken. */
EXPORT(image_finish) void image_finish(bool has_traces)
{
    make_lazy_properties("env");
    make_lazy_properties("native");
    make_lazy_properties("JSON");
    forget_marks();
    for_each_function(drop_source);
    if (!has_traces)
        drop_traces();
    context->eval_internal = NULL;
    drop_value(&context->eval_obj);
    JS_RunGC(runtime);

    for_each_function(drop_variable_descriptions);
    for_each_function(drop_unused_parts);
    for_each_function(mark_inner_functions);
    for_each_function(drop_closure_recipe);

    unsigned lazy_kinds = copy_lazy_entries();
    void *volatile *makers = (void *volatile *)(uintptr_t)js_autoinit_func_table;
    if (!(lazy_kinds & 1 << JS_AUTOINIT_ID_MODULE_NS))
        makers[JS_AUTOINIT_ID_MODULE_NS] = NULL;
    if (!(lazy_kinds & 1 << JS_AUTOINIT_ID_BYTECODE))
        makers[JS_AUTOINIT_ID_BYTECODE] = NULL;

    /* A call allocates and ends: no cycle is ever collected. */
    for (int i = 0; i < runtime->class_count; i++)
        runtime->class_array[i].gc_mark = NULL;
    if (!live_opcodes[OP_pow])
        power = NULL;
    least_growth = 8;
    shrink_atoms();
    suspect_free_atoms();
    unlink_objects();
    heap_wipe_free_blocks();
}

EXPORT(image_heap_end) uint8_t *image_heap_end(void)
{
    return heap_top;
}
