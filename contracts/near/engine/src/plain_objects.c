/*
 * Shorter ways for objects that are nothing but properties: what object literals, spreads and JSON make.
 */

static inline bool is_plain(JSValueConst value)
{
    return JS_VALUE_GET_TAG(value) == JS_TAG_OBJECT && JS_VALUE_GET_OBJ(value)->class_id == JS_CLASS_OBJECT &&
        !JS_VALUE_GET_OBJ(value)->is_exotic && JS_VALUE_GET_OBJ(value)->extensible;
}

/* Adds a property that anybody may write, list and delete, and takes the value over. Returns 1, 0 when it is there already, or -1. */
static int add_plain_property(JSContext *ctx, JSObject *object, JSAtom name, JSValue value)
{
    JSProperty *property;
    if (find_own_property(&property, object, name))
        return 0;
    property = add_property(ctx, object, name, JS_PROP_C_W_E);
    if (!property) {
        JS_FreeValue(ctx, value);
        return -1;
    }
    property->u.value = value;
    return 1;
}

/* Whether a copy of the object has the same shape: the properties are all what add_plain_property adds. */
static bool has_plain_shape(const JSObject *object)
{
    JSShape *shape = object->shape;
    if (!shape->is_hashed || shape->deleted_prop_count)
        return false;
    JSShapeProperty *property = get_shape_prop(shape);
    for (int i = 0; i < shape->prop_count; i++) {
        if (property[i].flags != JS_PROP_C_W_E || __JS_AtomIsTaggedInt(property[i].atom))
            return false;
    }
    return true;
}

/* `{ ...source }`: gives the target the source's shape and values. Returns false when that would not be all. */
static bool copy_plain_properties(JSContext *ctx, JSValueConst target, JSValueConst source)
{
    if (!is_plain(target) || !is_plain(source))
        return false;
    JSObject *to = JS_VALUE_GET_OBJ(target), *from = JS_VALUE_GET_OBJ(source);
    JSShape *shape = from->shape;
    if (shape->prop_count == 0)
        return true;
    if (to->shape->prop_count || to->shape->proto != shape->proto || to->is_prototype || !has_plain_shape(from))
        return false;
    JSProperty *properties = js_realloc(ctx, to->prop, shape->prop_size * sizeof *properties);
    if (!properties)
        return false;
    js_free_shape(ctx->rt, to->shape);
    to->shape = js_dup_shape(shape);
    to->prop = properties;
    for (int i = 0; i < shape->prop_count; i++)
        properties[i].u.value = js_dup(from->prop[i].u.value);
    return true;
}
