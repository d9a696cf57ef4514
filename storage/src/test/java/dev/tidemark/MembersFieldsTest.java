package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Stability;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.membership.MembersKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A member that writes nonsense under the members' key is taken for one that says nothing. */
class MembersFieldsTest {
  private static final long MEMBER = 2;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private final AtomicLong now = new AtomicLong(1_000_000);
  private long sequence;
  private long chain = ChainHash.NONE;

  private Tidemark open(String name) {
    return audit.open(
        dir.resolve(name),
        EveryStrategy.SCHEMA,
        QuietOptions.defaults().withReplicaId(1).withClock(now::incrementAndGet));
  }

  /** The member's next commit, as its store would encode it. */
  private byte[] commit(VersionVector seen, Update update) {
    sequence++;
    OperationId id = new OperationId(MEMBER, sequence, now.incrementAndGet() << 16);
    Lattice lattice = Namespace.SYSTEM.strategy().lattice();
    var delta = lattice.prepare(update, KeyState.bottomOf(lattice), id);
    List<Operation> operations = List.of(new Operation(Namespace.SYSTEM, MembersKey.KEY, delta));
    ByteWriter out = new ByteWriter();
    CommitHeader draft = new CommitHeader(MEMBER, sequence, id.stamp(), 1, seen, 0);
    chain = CommitCodec.encode(draft, operations, chain, out).chain();
    return out.toByteArray();
  }

  private static Update field(String name, byte[] value) {
    return new Update.PutField(Bytes.utf8(name), Bytes.wrap(value));
  }

  private static List<Update> nonsense() {
    byte[] nothing = {};
    byte[] vector = new ByteWriter().varint(0).toByteArray();
    long never = Long.MAX_VALUE;
    Stability.Announcement past = new Stability.Announcement(1, 1);
    List<Update> all = new ArrayList<>();
    for (String name :
        List.of(
            "",
            "/",
            "join",
            "join/",
            "join/9",
            "join/9/1",
            "join/0/2",
            "join/x/2",
            "join/9/2/2",
            "retire/1/1",
            "retire//2",
            "retire/-1/2",
            "retire/99999999999999999999/2",
            "pulse/1",
            "pulse",
            "pulse/2/2",
            "anew/1/1",
            "other/1/2")) {
      all.add(field(name, nothing));
      all.add(field(name, vector));
    }
    // Its own, with a value that is none.
    all.add(field("join/9/2", new byte[] {(byte) 0xff, 1}));
    all.add(field("join/9/2", new byte[] {0, 0}));
    all.add(field("pulse/2", new byte[] {1, 2, 3}));
    all.add(field("anew/7/2", nothing));
    // Of what it cannot have seen: whoever believed it would forget everything.
    all.add(MembersKey.pulse(MEMBER, past, new Floor(never, VersionVector.EMPTY)));
    all.add(MembersKey.pulse(MEMBER, past, new Floor(-1, VersionVector.EMPTY)));
    all.add(MembersKey.pulse(MEMBER, new Stability.Announcement(never, 1), Floor.NONE));
    all.add(MembersKey.pulse(MEMBER, new Stability.Announcement(-1, 1), Floor.NONE));
    all.add(new Update.PutField(Bytes.wrap(new byte[] {(byte) 0xc3, 0x28}), Bytes.EMPTY));
    return all;
  }

  @Test
  void whatCannotBeReadSaysNothingAndStopsNothing() {
    Tidemark store = open("store");
    store.members().found();
    store.members().admit(MEMBER);
    var before = store.members().report();
    VersionVector seen = store.vector();
    for (Update update : nonsense()) {
      assertThat(store.accept(commit(seen, update), MEMBER)).isTrue();
      var report = store.members().report();
      assertThat(report.standings())
          .as("%s", update)
          .extracting(standing -> standing.replica() + " " + standing.isRetired())
          .isEqualTo(
              before.standings().stream()
                  .map(standing -> standing.replica() + " " + standing.isRetired())
                  .toList());
      assertThat(report.ownRefusal()).isFalse();
      assertThat(report.floor()).isEqualTo(Floor.NONE);
      assertThat(report.reachable().horizon()).isZero();
      seen = VersionVector.EMPTY;
    }
    store.flush();
    assertThat(store.members().report().floor()).isEqualTo(Floor.NONE);
    store.pnCounter(EveryStrategy.key(Strategy.PN_COUNTER, 0)).increment(1);
    store.close();
    assertThat(open("store").members().report().ownRefusal()).isFalse();
  }
}
