package dev.tidemark.replication.repair;

import dev.tidemark.engine.codec.Limits;
import dev.tidemark.storage.core.RepairReport;
import dev.tidemark.storage.core.RepairReport.Quarantined;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sums up comparisons, and tells people of what was wrong. */
public final class RepairCounters {
  private static final Logger LOG = LoggerFactory.getLogger(RepairCounters.class);

  private final Map<Long, Long> quarantined = new HashMap<>();
  private long compared;
  private long postponed;
  private long failed;
  private long differences;
  private long fromLog;
  private long fromPeer;
  private @Nullable String lastFailure;

  /** A comparison with a replica has ended; empty if there was nothing to compare. */
  public synchronized void add(long replica, Optional<RepairReport> ended) {
    if (ended.isEmpty()) {
      postponed++;
      return;
    }
    RepairReport report = ended.get();
    compared++;
    differences += report.differences();
    fromLog += report.fromLog();
    fromPeer += report.fromPeer();
    if (report.quarantined() == 0) {
      quarantined.remove(replica);
    } else if (quarantined.size() < Limits.MAX_REPLICAS || quarantined.containsKey(replica)) {
      quarantined.put(replica, report.quarantined());
    }
    if (!report.isClean()) {
      LOG.warn(
          "damaged keys: peer={}, differences={}, fromLog={}, fromPeer={}, theirs={},"
              + " quarantined={}",
          Long.toUnsignedString(replica),
          report.differences(),
          report.fromLog(),
          report.fromPeer(),
          report.theirs(),
          report.quarantined());
    }
    for (Quarantined left : report.left()) {
      LOG.warn("key is quarantined: key={}, reason={}", left.key(), left.reason());
    }
  }

  /** A comparison has ended with an error. */
  public synchronized void failed(RuntimeException failure) {
    failed++;
    lastFailure = String.valueOf(failure.getMessage());
  }

  /** The sums now. */
  public synchronized RepairStatus status() {
    long left = quarantined.values().stream().mapToLong(Long::longValue).sum();
    return new RepairStatus(
        compared, postponed, failed, differences, fromLog, fromPeer, left, lastFailure);
  }
}
