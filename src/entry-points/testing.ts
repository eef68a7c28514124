export { fakeClock, type FakeClock } from '../testing/fake-clock.js';
export { memoryStore } from '../testing/memory-store.js';
export {
  scriptedHttp,
  type HeldReply,
  type ScriptedAnswer,
  type ScriptedHandler,
  type ScriptedHttp,
  type ScriptedReply,
  type ScriptedStep,
} from '../testing/scripted-http.js';
export type { Fault } from '../testing/stand-ins/server/fault.js';
export type { InjectOptions, InjectedFault } from '../testing/stand-ins/server/fault-queue.js';
export type { LoggedRequest, RefreshTokenUse } from '../testing/stand-ins/server/request-log.js';
export type { Rotation } from '../testing/stand-ins/server/rotation.js';
export {
  standInCentry,
  type StandInCentry,
  type StandInCentryOptions,
} from '../testing/stand-ins/centry/stand-in-centry.js';
export {
  standInCitrusAd,
  type StandInCitrusAd,
  type StandInCitrusAdOptions,
} from '../testing/stand-ins/citrus-ad/stand-in-citrus-ad.js';
export type { StandInOptions } from '../testing/stand-ins/server/stand-in-options.js';
export { standInTray, type StandInTray, type StandInTrayOptions } from '../testing/stand-ins/tray/stand-in-tray.js';
export type { TokenBookSnapshot } from '../testing/stand-ins/server/token-book.js';
export type { StandIn } from '../testing/stand-ins/server/stand-in.js';
export { startStandIns, type StandIns, type StandInsOptions } from '../testing/stand-ins/start-stand-ins.js';
export type { TrayStoreState } from '../testing/stand-ins/tray/tray-answers.js';
export { walkAuthorization } from '../testing/stand-ins/walk-authorization.js';
export {
  describeStoreContract,
  storeContractChecks,
  type ContractRunner,
} from '../testing/store-contract/store-contract.js';
export type { StoreContractCheck, StoreHarness } from '../testing/store-contract/harness.js';
