package dev.tidemark.storage.repair;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.DamagedException;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.reference.LargeCopy;
import dev.tidemark.storage.reference.LogReferences;
import dev.tidemark.storage.state.LargeReferences;
import dev.tidemark.storage.state.Pin;
import java.util.HashSet;
import java.util.Set;

/**
 * Brings along the large values that the new store refers to. Of one that is not whole there is
 * what comes before the first chunk that is missing or damaged; a peer may have the rest.
 */
final class LargeRescue {
  private final StoreFiles from;
  private final StoreFiles to;
  private final Findings findings;
  private final Set<LargeValue> incomplete = new HashSet<>();

  LargeRescue(StoreFiles from, StoreFiles to, Findings findings) {
    this.from = from;
    this.to = to;
    this.findings = findings;
  }

  void run(NewStore store) {
    store.settle();
    DurableFiles disk = DurableFiles.standard();
    try (LargeCopy copy = new LargeCopy(new BlobStore(from, disk, 0), to, disk);
        Pin pin = store.state().pin();
        LogCursor cursor = store.cursor()) {
      LargeReferences.of(store.state(), pin, () -> {}, value -> take(copy, value));
      LogReferences.of(cursor, () -> {}, value -> take(copy, value));
    }
  }

  private void take(LargeCopy copy, LargeValue value) {
    try {
      if (!copy.copy(value)) {
        tell(value, "chunks are missing");
      }
    } catch (DamagedException e) {
      tell(value, String.valueOf(e.getMessage()));
    }
  }

  private void tell(LargeValue value, String why) {
    if (incomplete.add(value)) {
      findings.add(new RepairEvent.IncompleteValue(value, why));
    }
  }
}
