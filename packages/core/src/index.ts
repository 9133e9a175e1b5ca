/**
 * The engine of Kith: the model, the write path, the read path, hooks, events and transactions. It knows no SQL.
 *
 * @packageDocumentation
 */

// The declaration language, so that an application needs one import
export {
  type AnyField,
  type Create,
  defineEntity,
  defineFieldType,
  type Entity,
  type EntityOptions,
  field,
  type Field,
  type FieldType,
  type Include,
  type Json,
  type JsonSchema,
  type Localized,
  type OrderBy,
  type Query,
  type Result,
  type Row,
  type StandardSchema,
  type Update,
  type Where,
} from "@kith/schema";

// What the types of declared fields and of records are made of: the declaration files of an application's own package name them, through this
// package, since it need not depend on another. The test of the packed packages finds what is missing here.
export type {
  Address,
  AddressFilter,
  Children,
  DecimalField,
  EqualityFilter,
  GeoCircle,
  GeoFilter,
  GeoPoint,
  IdFilter,
  JsonFilter,
  Link,
  ListFilter,
  Lookup,
  MomentField,
  MomentFilter,
  NullFilter,
  NumberField,
  OrderedFilter,
  PolyLookup,
  ReferenceFilter,
  ReferenceTo,
  SystemFields,
  TextField,
  TextFilter,
  TimeField,
} from "@kith/schema";

// Declaring a system
export { defineModel, type EntitiesOf, type ModelOptions } from "./model/define-model.ts";
export {
  type AnyPlugin,
  definePlugin,
  type Plugin,
  type RegistryOfEntities,
  type RegistryOfPlugins,
} from "./plugin/plugin.ts";
export { type AnyHooks, defineHooks, type EntityHooks, type HookEvent, hookEvents, type Hooks } from "./hooks/hooks.ts";
export { exchangeRates } from "./money/exchange-rates.ts";
export { defineOperation, type Operation } from "./operations/operation.ts";
export { onlyKeys, parseOptions, wholeNumber } from "./options.ts";

// Errors
export {
  defineErrors,
  type ErrorCode,
  errorCodes,
  type ErrorDetails,
  type PluginErrors,
  type PluginErrorSpec,
  XrmError,
} from "./errors.ts";

// The model
export type {
  CheckModel,
  ColumnModel,
  EntityModel,
  FieldModel,
  Model,
  PluginInfo,
  RelationModel,
  UniqueModel,
  Vocabulary,
} from "./model/model.ts";

// Changing a database's model
export {
  type ApplyOptions,
  applyChanges,
  type ChangeOptions,
  findDrift,
  type PlanOptions,
  planChanges,
} from "./change/library.ts";
export type {
  Backfill,
  ChangeAction,
  ChangeClass,
  ChangeOrder,
  ChangePlan,
  ChangeReport,
  ChangeRequest,
  ChangeStep,
  Drift,
  DriftKind,
  ModelMark,
  Offender,
} from "./change/plan.ts";
export { type Conversion, type ConversionKind, conversionOf, type RenamedEntities } from "./change/convert.ts";
export { readStoredModel, type StoredEntity, type StoredField, storedField } from "./model/stored-model.ts";
export { type FillIn, fillIn } from "./model/defaults.ts";
export { modelHash } from "./model/canonical.ts";
export { formerNames } from "./model/renames.ts";

// For storages: the contract, and what a query means
export type {
  Connection,
  DeleteWrite,
  InsertWrite,
  MaybePromise,
  Prepared,
  ReadResult,
  Row as StoredRow,
  RunControl,
  Storage,
  StorageChanges,
  StorageOptions,
  StorageSavepoint,
  StorageTransaction,
  UpdateWrite,
  Write,
  WriteBatch,
  WriteResult,
} from "./storage/storage.ts";
export { type Capabilities, capabilitiesOf } from "./storage/capabilities.ts";
export { beyondError, referenceError, restrictedError, uniqueError } from "./storage/refusals.ts";
export type {
  AggregatePlan,
  BucketPlan,
  Condition,
  CountPlan,
  GroupKey,
  IncludePlan,
  MeasurePlan,
  OrderKey,
  PlaceKey,
  ReadPlan,
} from "./query/ast.ts";
export { Cache } from "./query/cache.ts";
export { canCompile } from "./model/ajv.ts";
export { lookupsOf, wholeField, withParts } from "./model/parts.ts";

// Running a system
export { createXrm, type XrmOptions } from "./xrm.ts";
export type {
  BackupCallOptions,
  DynamicRepository,
  Engine,
  Filtered,
  Page,
  PageOptions,
  Repository,
  RunOptions,
  StreamOptions,
  TransactionOptions,
  Xrm,
  XrmBase,
} from "./repository/xrm-types.ts";
export type { BackupOptions, BackupResult, RestoreResult } from "./storage/backups.ts";
export { type RestoreOptions, restoreBackup } from "./backup.ts";
export type { Actor } from "./context/actor.ts";
export type { Context } from "./context/context.ts";
export type { Change, EventHandler, EventName, RecordEvent, Unsubscribe } from "./events/events.ts";
export type { EntityDescription, FieldDescription, OperationDescription } from "./model/describe.ts";
export type { Logger } from "./logger.ts";
export type { SearchHit, SearchHitOf, SearchOptions } from "./search/search-types.ts";
export {
  fieldTokens,
  recordTokens,
  type SearchField,
  type SearchFind,
  searchFinds,
  searchForm,
  type SearchModel,
} from "./search/search-model.ts";
export { havingTest } from "./query/figures.ts";
export { evaluate, valueIn } from "./query/evaluate.ts";
