package dev.tidemark.engine.stability;

/** Why an operation is not let in. */
public enum Refusal {
  /** Its maker is no member: others may have forgotten what would override it. */
  STRANGER,
  /** Its maker wrote it before it was let in: others have not waited for it. */
  EARLY,
  /** Its maker was retired: others do not wait for it any more. */
  RETIRED,
  /** It is stamped at or before the floor: its maker has lost what it once acknowledged. */
  OUTDATED
}
