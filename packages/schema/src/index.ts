/**
 * The declaration language of Kith: entities, fields, and the types inferred from them. Pure data and pure functions; runs in browsers.
 *
 * @packageDocumentation
 */

// Declaring: what an application and a plugin write.
export {
  type Check,
  defineEntity,
  defineFieldType,
  type Entity,
  type EntityOptions,
  entityKeys,
  type FieldList,
} from "./entity.ts";
export { field, fieldTypes } from "./fields/index.ts";

// Field types: the contract, and the parts that one is built from.
export {
  type AnyField,
  type Children,
  type CommonOption,
  commonOptions,
  type DefaultOf,
  type Field,
  type FieldOptions,
  type Fields,
  type FixedOf,
  type Link,
  type Localized,
  type Lookup,
  type Measure,
  type PolyLookup,
  type Presence,
  type PresenceOf,
  type ReferenceFilter,
  type ReferenceTo,
  type ValueOptions,
} from "./field.ts";
export {
  type Column,
  type ColumnType,
  type ColumnValue,
  columnsOfType,
  type FieldDef,
  type FieldType,
  type Generator,
  type OnDelete,
  operatorWords,
  type OrderTerm,
  partsOf,
  partType,
  type Relation,
  type ReportOption,
} from "./field-type.ts";
export {
  beyond,
  elements,
  encodeValue,
  equality,
  type Expression,
  type FilterWord,
  type JsonAt,
  matching,
  maxListLength,
  type OperandContext,
  type Operator,
  ordering,
  orderTerms,
  orderValues,
  type Param,
  type Predicate,
  rankOf,
  readOperand,
} from "./operator.ts";
export {
  type JsonPath,
  type JsonScalar,
  pathOperator,
  pathPresent,
  pathWords,
  readPath,
  valueAt,
} from "./json-path.ts";
export { describe, Invalid, type Issue, wrongType } from "./issue.ts";
export type { Address, AddressFilter, AddressPart } from "./fields/address.ts";
export type { DecimalField } from "./fields/decimal.ts";
export type { TextField } from "./fields/text.ts";
export type { MomentField, TimeField } from "./fields/times.ts";
export type { NumberField } from "./fields/numbers.ts";
export type { GeoCircle, GeoFilter } from "./fields/geo.ts";
export { renamedValues } from "./fields/choice.ts";
export { integerType, numberType } from "./fields/numbers.ts";
export { idType, isRecordId, userType } from "./fields/relations.ts";
export { readText } from "./fields/text.ts";
export { datetimeType } from "./fields/times.ts";

// Values: text, decimals, times and JSON in the one form that every storage sees.
export { codePointLength, compareCodePoints, fold, isStorable } from "./text.ts";
export {
  maxSearchLength,
  maxSearchWords,
  readSearch,
  type Searchable,
  type SearchWeight,
  type SearchWord,
  searchTokens,
  searchWeights,
} from "./search.ts";
export { type SpelledForm, type SpelledUnit, type Spelling, wordsOf } from "./spelling.ts";
export { compareUnits, divideUnits, type ExactFigure, exactFigure, fromUnits, toUnits } from "./decimal.ts";
export { fromMilliseconds, toMilliseconds } from "./duration.ts";
export { earthRadiusKm, type GeoPoint } from "./sphere.ts";
export { countryCodes } from "./countries.ts";
export { isDate, toInstant, toTime } from "./time.ts";
export {
  bucketLabel,
  compareBuckets,
  dayNumber,
  localDay,
  startOfDay,
  type TimeBucket,
  timeBuckets,
} from "./calendar.ts";
export {
  firstRuledYear,
  kindOfYear,
  type OffsetChange,
  sampleYear,
  type TimeZone,
  timeZone,
  timeZoneName,
} from "./time-zone.ts";
export { maxRelativeUnits, type RelativeSpan, type RelativeUnit, relativeWords, type TimeSpan } from "./relative.ts";
export {
  canonicalJson,
  canonicalText,
  copyJson,
  isPlainObject,
  type Json,
  type JsonSchema,
  maxJsonDepth,
} from "./json.ts";

// Names and labels.
export {
  didYouMean,
  entityNameProblem,
  fieldNameProblem,
  nearest,
  operatorNames,
  printable,
  reservedEntityNames,
  reservedFieldNames,
  fittingName,
  snakeCase,
  systemFieldNames,
} from "./names.ts";
export { labelFromName, localize } from "./label.ts";

// Schemas: JSON Schema of entities, and the interface that zod and its like implement.
export { type DescribedEntity, entityJsonSchema, isStored, type SchemaUse, type TypedField } from "./json-schema.ts";
export {
  isStandardSchema,
  issuePath,
  jsonSchemaOf,
  type SchemaOutput,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
} from "./standard-schema.ts";

// Inference: records, filters, queries and aggregates, by registry and entity name.
export type {
  AnyRegistry,
  Create,
  CreateOf,
  FieldsOf,
  Flatten,
  Row,
  RowOf,
  SystemFields,
  Update,
  UpdateOf,
} from "./infer/row.ts";
export type {
  EqualityFilter,
  IdFilter,
  JsonFilter,
  ListFilter,
  MomentFilter,
  NullFilter,
  OrderedFilter,
  TextFilter,
} from "./infer/filter.ts";
export type { OwnWhere, Quantified, SystemWhere, Where, WhereOf } from "./infer/where.ts";
export type {
  Chosen,
  Direction,
  Exact,
  Include,
  Named,
  NoExtra,
  OrderBy,
  OrderKey,
  Query,
  Result,
  Scope,
  Shape,
} from "./infer/query.ts";
export type {
  Aggregate,
  AggregateOrder,
  AggregateRow,
  BucketBy,
  GroupBy,
  Having,
  MeasureOf,
} from "./infer/aggregate.ts";
