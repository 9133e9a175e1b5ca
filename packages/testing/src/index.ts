/**
 * The published suites of Kith: what proves a storage, a field type or a plugin; and what makes records, models, data and queries at random.
 *
 * @packageDocumentation
 */

// The test runner's two functions
export type { SuiteApi } from "./api.ts";
// Proving that a storage's model can change
export type { ChangeCase, ChangeContext, ChangeUnderTest } from "./change-suite/case.ts";
export { type Damage, damagedModel } from "./change-suite/damage.ts";
export { type ChangeSubject, changeCases, changeSuite } from "./change-suite/suite.ts";
// What a call is refused with
export { errorOf } from "./error-of.ts";
export { faultNames, plantFault } from "./faults/plant.ts";
// Proving a field type
export type { FieldSample, FieldTypeSubject } from "./field-suite/subject.ts";
export { fieldTypeSuite } from "./field-suite/suite.ts";
export { type FuzzFinding, type FuzzOptions, type FuzzReport, fuzz, fuzzModel } from "./fuzz/fuzz.ts";
export type { Answer, Question } from "./fuzz/question.ts";
// Proving a plugin
export type { PluginTestOptions } from "./plugin-suite/subject.ts";
export { testPlugin } from "./plugin-suite/suite.ts";

// Making records
export { type Factory, factory, type Overrides, type RecordPlanner } from "./factory/factory.ts";
export type { FactoryOptions, PlannedRecord } from "./factory/plan.ts";

// Comparing storages
export { coverageTable, describeFinding } from "./fuzz/report.ts";
export { type Case, runCase } from "./fuzz/shrink.ts";
export type { Contestant, Finding } from "./fuzz/world.ts";
export type { Coverage } from "./fuzz/coverage.ts";
export type { Difference } from "./fuzz/compare.ts";
export type { DataPlan, Planting, Tie } from "./random/data.ts";
export type { EntityPlan, ModelPlan } from "./random/model.ts";
// Randomness from a seed
export { edgeDates, edgeDurations, edgeFloats, edgeIntegers, edgeTexts, edgeTimes, edgeUnits } from "./random/edges.ts";
export { Random } from "./random/random.ts";
export { makers, randomValue, type ValueMaker } from "./random/values.ts";
// Proving a storage
export type { CaseContext, StorageCase, StorageUnderTest } from "./storage-suite/case.ts";
export { type StorageSubject, storageCases, storageSuite } from "./storage-suite/suite.ts";
