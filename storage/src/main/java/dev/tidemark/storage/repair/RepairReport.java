package dev.tidemark.storage.repair;

/**
 * What a repair made.
 *
 * @param storeId the new store's id, in hexadecimal
 * @param replicaId the new replica id; the old one is a remote origin now
 * @param basis what vouches for the new store
 * @param statePosition up to where the old state vouches; 0 if the log alone does
 * @param firstPosition the first position of the new log
 * @param lastPosition the last position of the new log
 * @param commits commits written to the new log
 * @param operations their operations
 * @param damages ranges and parts that are damaged
 * @param losses how often something is lost
 */
public record RepairReport(
    String storeId,
    long replicaId,
    Basis basis,
    long statePosition,
    long firstPosition,
    long lastPosition,
    long commits,
    long operations,
    long damages,
    long losses) {
  /** What vouches for a new store. */
  public enum Basis {
    /** The log, from its first commit on. */
    LOG,
    /** A sound state for what it holds, and the log for what follows. */
    STATE
  }

  /** Whether everything that the old store is known to have held is in the new one. */
  public boolean isComplete() {
    return losses == 0;
  }
}
