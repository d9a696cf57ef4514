package dev.tidemark.storage.handover;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.FileKind;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Under which name each replica was met first, also before a restart. A file that is lost or
 * damaged counts for nothing: they are met anew. Thread-safe.
 *
 * <p>Memory and disk: {@value #MOST} ids and names.
 */
public final class ReplicaNames {
  /** Ids of one name that are kept; the oldest goes first, and no other name's. */
  public static final int MOST_OF_NAME = 64;

  /** Ids that are kept; who is met first beyond them is not written down. */
  static final int MOST = 16_384;

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaNames.class);
  private static final FileKind KIND = FileKind.of("names", "TMNA");
  private static final int MIN_ENTRY_BYTES = Long.BYTES + 2;

  private final @Nullable SavedFile file;
  private final Map<Long, String> names = new LinkedHashMap<>();
  private boolean changed;

  private ReplicaNames(@Nullable SavedFile file) {
    this.file = file;
  }

  /** Of nobody, and not to be saved. */
  public static ReplicaNames unsaved() {
    return new ReplicaNames(null);
  }

  /** What was saved. */
  public static ReplicaNames open(StoreFiles files, DurableFiles disk, byte[] storeId) {
    SavedFile file = new SavedFile(KIND, files.names(), disk, storeId);
    ReplicaNames names = new ReplicaNames(file);
    if (!file.read(names::read)) {
      LOG.warn("names of replicas cannot be read, they count as not met: file={}", files.names());
      names.names.clear();
    }
    return names;
  }

  private void read(ByteReader in) {
    for (int left = in.items("names", MIN_ENTRY_BYTES); left > 0; left--) {
      long replica = in.i64();
      names.put(replica, Bytes.wrap(in.bytes("name bytes", Limits.MAX_KEY_BYTES)).toUtf8());
    }
  }

  /** The name that a replica was met under first, which is the given one if it was not met. */
  public synchronized String first(long replica, String name) {
    String first = names.get(replica);
    if (first != null) {
      return first;
    }
    boolean isOneTooMany = names.values().stream().filter(name::equals).count() >= MOST_OF_NAME;
    if (isOneTooMany) {
      names.values().remove(name);
    }
    if (names.size() < MOST) {
      names.put(replica, name);
      changed = true;
    }
    return name;
  }

  /** Saves them, if any has come. */
  public synchronized void save() {
    SavedFile into = file;
    if (!changed || into == null) {
      return;
    }
    ByteWriter out = new ByteWriter();
    out.varint(names.size());
    names.forEach((replica, name) -> out.i64(replica).bytes(Bytes.utf8(name)));
    changed = !into.save(out);
  }
}
