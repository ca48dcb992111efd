export {
  ATTRIBUTE,
  AUDIT_LOG_COLUMNS,
  FIELD_MAP,
  KEYED_ATTRIBUTES,
  PARAMETERS,
  SHORT_NAMES,
  type AttributeFieldKey,
  type FieldKind,
  type FieldRow,
  type KeyedAttribute,
} from './field-map.ts'
