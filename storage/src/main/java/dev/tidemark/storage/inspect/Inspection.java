package dev.tidemark.storage.inspect;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.interest.RingFacts;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.JoinedView;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.blob.BlobCheck;
import dev.tidemark.storage.blob.BlobFinding;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Visit;
import dev.tidemark.storage.core.Origins;
import dev.tidemark.storage.core.PinnedScan;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.membership.MembershipReport;
import dev.tidemark.storage.membership.RingKey;
import dev.tidemark.storage.membership.RingReport;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.WholeRecords;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A store looked at from outside: the values it would show if it were opened, that is its state
 * joined with what the log holds beyond it, without opening it. Never writes a byte, needs no lock
 * and no JVM flag. For one thread.
 */
public final class Inspection implements AutoCloseable {
  /** How far an origin is matters to folding only, and nothing is folded here. */
  private static final OriginRow NO_ROW = new OriginRow(0, 0, 0, VersionVector.EMPTY);

  private static final CommitHeader NO_HEADER =
      new CommitHeader(0, 0, 0, 1, VersionVector.EMPTY, 0);

  private final StoreFiles files;
  private final Identity identity;
  private final StateStore state;
  private final LogReader log;

  private Inspection(StoreFiles files, Identity identity, StateStore state, LogReader log) {
    this.files = files;
    this.identity = identity;
    this.state = state;
    this.log = log;
  }

  /**
   * Looks at the store of a directory as it is now.
   *
   * @throws dev.tidemark.error.StoreUnusableException if there is none, or an open has to recover
   *     its state first
   * @throws dev.tidemark.error.DamagedException if what was promised to be durable is damaged
   */
  public static Inspection open(Path directory) {
    StoreFiles files = StoreDirectory.files(directory);
    Identity identity = StoreDirectory.identity(files);
    requireState(files);
    return MovingTarget.open(files, () -> open(files, identity));
  }

  private static Inspection open(StoreFiles files, Identity identity) {
    // The state first: what is folded after it was opened is then still in the log.
    StateStore state = StateStore.openReadOnly(files.state());
    boolean opened = false;
    try {
      LogReader log = LogReader.open(files, identity.storeId());
      state.owner().ifPresent(owner -> owner.requireStore(files.state(), identity.storeId()));
      log.refusal()
          .ifPresent(
              refusal -> {
                throw refusal;
              });
      Inspection inspection = new Inspection(files, identity, state, log);
      opened = true;
      return inspection;
    } finally {
      if (!opened) {
        state.close();
      }
    }
  }

  /** Looking needs a state; an open can build it from the log. */
  private static void requireState(StoreFiles files) {
    if (!StateStore.isThere(files.state())) {
      throw new StoreUnusableException(
          Problem.of("store has no state")
              .with("directory", files.state())
              .advise("run `tidemark recover`, or open the store: it is built from the log"));
    }
  }

  /** Who the store is. */
  public Identity identity() {
    return identity;
  }

  /** Prefixes and strategies. */
  public Schema schema() {
    return state.schema();
  }

  /** The state as it was last flushed; closed with this. */
  public StateStore state() {
    return state;
  }

  /** The log up to its last good entry; closed with this. */
  public LogReader log() {
    return log;
  }

  /** The ring of its cluster, and what it holds; what it is called there is not known. */
  public RingReport ring() {
    RingFacts facts = read(Namespace.SYSTEM, RingKey.KEY, key -> RingKey.facts(key, Map.of()));
    return RingReport.of(facts, null, state.interest(), state::freed);
  }

  /** How far it is, and what it takes up. */
  public StoreNumbers numbers() {
    VersionVector vector = state.progress().vector();
    long clock = state.progress().clock();
    try (LogCursor cursor = log.cursor(state.progress().applied() + 1)) {
      while (cursor.next()) {
        if (cursor.isRun()) {
          vector = vector.join(Coverage.after(cursor.coverage()));
          for (OriginCoverage run : cursor.coverage()) {
            clock = Math.max(clock, run.lastStamp());
          }
          continue;
        }
        CommitHeader header =
            CommitCodec.decodeHeader(
                new ByteReader(cursor.array(), cursor.offset(), cursor.length()));
        vector = vector.with(header.origin(), header.lastSequence());
        clock = Math.max(clock, header.lastStamp());
      }
    }
    return new StoreNumbers(
        HexFormat.of().formatHex(identity.storeId()),
        identity.replicaId(),
        identity.createdMillis(),
        clock,
        vector,
        log.firstPosition(),
        log.lastPosition(),
        log.durableMark().orElse(0),
        log.segments().size(),
        log.segments().stream().mapToLong(segment -> segment.bytes()).sum(),
        state.progress().applied(),
        state.stats().tableBytes());
  }

  /** The namespace of a key; refuses what cannot be one. */
  public Namespace namespace(String key) {
    return schema().of(Arguments.key(Bytes.utf8(key)));
  }

  /** A key's whole value. */
  public Value value(String key) {
    Namespace namespace = namespace(key);
    return read(namespace, Bytes.utf8(key), namespace.strategy().lattice()::value);
  }

  /**
   * The bytes of an {@code lww-register}, or of a field of an {@code lww-map}, in their place or
   * large; empty if there are none, or the key has another strategy. Close it.
   */
  public Optional<InputStream> stream(String key, @Nullable Bytes field) {
    Value whole = value(key);
    Value value =
        field != null && whole instanceof Value.Fields fields ? fields.fields().get(field) : whole;
    if (value instanceof Value.Large large) {
      BlobStore blobs = new BlobStore(files, DurableFiles.standard(), 0);
      try (Visit visit = blobs.visit()) {
        return Optional.of(visit.read(large.value()));
      }
    }
    return value instanceof Value.Register register && register.value() != null
        ? Optional.of(new ByteArrayInputStream(register.value().array()))
        : Optional.empty();
  }

  /**
   * Reads all chunks of large values, and counts those that nothing refers to.
   *
   * @param findings is told of each that is missing or damaged
   */
  public BlobReport checkLargeValues(Consumer<BlobFinding> findings) {
    return BlobCheck.run(files, new StoreReferences(files, state, log)::all, findings, () -> {});
  }

  /**
   * Why a key has the value it has, from one pass over the log.
   *
   * @param limit how much is shown of what makes the value, and as much of what does not
   * @param progress is told each position that the pass comes to
   */
  public KeyExplanation explain(String key, int limit, LongConsumer progress) {
    Namespace namespace = namespace(key);
    Bytes bytes = Bytes.utf8(key);
    return read(
        namespace,
        bytes,
        view ->
            new KeyExplanation(
                namespace,
                smallValue(namespace.strategy().lattice(), view, limit),
                new KeyInquiry(log, namespace, bytes, progress).explain(view, limit),
                log.firstPosition(),
                log.lastPosition(),
                members(),
                state.floor().horizon()));
  }

  /** The value, unless it has more parts than are wanted. */
  private static @Nullable Value smallValue(Lattice lattice, KeyView view, int limit) {
    long[] live = new long[1];
    view.cells(
        CellRange.ALL,
        (id, cell) -> {
          live[0] += lattice.live(id, cell) ? 1 : 0;
          return live[0] <= limit;
        });
    return live[0] <= limit ? lattice.value(view) : null;
  }

  /**
   * Refuses an update that the store would refuse, under its schema or one grown from it.
   *
   * @throws IllegalArgumentException if the key or an argument is out of range, or the strategy has
   *     no such operation
   */
  public void rehearse(Schema schema, String key, Update update) {
    Bytes bytes = Arguments.key(Bytes.utf8(key));
    Namespace namespace = schema.of(bytes);
    if (schema().withPrefix(namespace.prefix()) == null) {
      Rehearsal.ofNewKey(schema, key, update);
      return;
    }
    read(
        namespace,
        bytes,
        seen -> {
          Rehearsal.of(namespace, seen, identity.replicaId(), update);
          return true;
        });
  }

  private <T> T read(Namespace namespace, Bytes key, Function<KeyView, T> reader) {
    List<KeyDelta> pending = pending(key::equals).runs(key, CellRange.ALL);
    try (Pin pin = state.pin()) {
      KeyView stored = state.view(pin, namespace, key);
      return reader.apply(joined(namespace.strategy().lattice(), stored, pending));
    }
  }

  /** Who belongs to the cluster, what may be forgotten, and who holds it up. */
  public MembershipReport members() {
    Origins origins = new Origins(identity.replicaId(), state.progress().origins());
    try (LogCursor cursor = log.cursor(state.progress().applied() + 1)) {
      while (cursor.next()) {
        if (cursor.isRun()) {
          origins.advance(origins.behind(cursor.coverage()));
        } else {
          origins.advance(
              CommitCodec.decodeHeader(
                  new ByteReader(cursor.array(), cursor.offset(), cursor.length())));
        }
      }
    }
    boolean isOfOldFormat = schema().withPrefix(Namespace.SYSTEM.prefix()) == null;
    Roster roster =
        isOfOldFormat ? Roster.EMPTY : read(Namespace.SYSTEM, MembersKey.KEY, MembersKey::roster);
    return MembershipReport.of(identity.replicaId(), origins.matrix(), roster, state.floor());
  }

  /** The keys under a prefix that have a value, in order. Close it. */
  public PinnedScan scan(String prefix) {
    Bytes bytes = Bytes.utf8(prefix);
    Overlay pending = pending(key -> key.startsWith(bytes));
    pending.freeze();
    return new PinnedScan(schema(), state, pending.hold(), bytes, log.lastPosition());
  }

  /** What the log holds of some keys and the state does not: after a clean close, nothing. */
  private Overlay pending(Predicate<Bytes> wanted) {
    Overlay pending = new Overlay();
    long from = state.progress().applied() + 1;
    try (LogCursor cursor = log.cursor(from)) {
      while (cursor.next()) {
        if (cursor.isRun()) {
          pend(cursor, wanted, pending);
          continue;
        }
        Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
        List<Operation> operations =
            commit.held().stream().filter(o -> wanted.test(o.key())).toList();
        if (!operations.isEmpty()) {
          boolean whole = operations.size() == commit.operations().size();
          pending.apply(
              new Commit(commit.header(), operations),
              cursor.position(),
              whole ? cursor.place() : null,
              NO_ROW,
              0);
        }
      }
    }
    return pending;
  }

  private static void pend(LogCursor run, Predicate<Bytes> wanted, Overlay pending) {
    WholeRecords records = new WholeRecords(run.records(), wanted);
    for (RunRecord next = records.next(); next != null; next = records.next()) {
      Operation operation = new Operation(next.namespace(), next.key(), next.delta());
      pending.apply(new Commit(NO_HEADER, List.of(operation)), run.position(), null, NO_ROW, 0);
    }
  }

  private static KeyView joined(Lattice lattice, KeyView base, List<KeyDelta> pending) {
    KeyView view = base;
    for (KeyDelta run : pending) {
      view = new JoinedView(lattice, view, run);
    }
    return view;
  }

  @Override
  public void close() {
    log.close();
    state.close();
  }
}
