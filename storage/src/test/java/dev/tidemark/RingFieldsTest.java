package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.interest.RingId;
import dev.tidemark.engine.interest.RingWord;
import dev.tidemark.engine.interest.RingWord.Phase;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.storage.membership.RingKey;
import dev.tidemark.storage.membership.RingReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A member that writes nonsense under the ring's key is taken for one that says nothing. */
class RingFieldsTest {
  private static final Ring RING = Ring.first(List.of("n1", "n2"), 4, 1);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private Tidemark open(int replica) {
    return audit.open(
        dir.resolve("" + replica),
        EveryStrategy.SCHEMA,
        QuietOptions.defaults().withReplicaId(replica).withRingMember("n" + replica));
  }

  private static Update field(String name, byte[] value) {
    return new Update.PutField(Bytes.utf8(name), Bytes.wrap(value));
  }

  private static byte[] encoded(Ring ring) {
    ByteWriter out = new ByteWriter();
    ring.encode(out);
    return out.toByteArray();
  }

  private static List<Update> nonsense() {
    byte[] ring = encoded(RING);
    byte[] word = new ByteWriter().i64(1).i64(2).u8(1).i64(0).i64(0).toByteArray();
    List<Update> all = new ArrayList<>();
    for (String name :
        List.of(
            "", "/", "ring", "ring/", "ring/1", "ring/1/", "ring/1/2/3", "ring/x/y", "other/1")) {
      all.add(field(name, new byte[0]));
      all.add(field(name, ring));
    }
    String digest = RingId.of(RING).toString();
    all.add(field("ring/" + digest, new byte[] {1, 2, 3}));
    all.add(field("ring/" + digest, Arrays.copyOf(ring, ring.length - 1)));
    all.add(field("ring/" + digest, Arrays.copyOf(ring, ring.length + 1)));
    all.add(field("ring/" + digest, encoded(RING.with("n3", true))));
    all.add(field("ring/0" + digest, ring));
    all.add(field("ring/9" + digest.substring(1), ring));
    all.add(field("ring/-1/0000000000000000", ring));
    all.add(field("word/n1", new byte[0]));
    all.add(field("word/n1", Arrays.copyOf(word, word.length + 1)));
    word[2 * Long.BYTES] = 9;
    all.add(field("word/n1", word));
    all.add(new Update.PutField(Bytes.wrap(new byte[] {(byte) 0xc3, 0x28}), Bytes.wrap(ring)));
    return all;
  }

  @Test
  void whatCannotBeReadSaysNothingAndStopsNothing() {
    Tidemark store = open(1);
    Tidemark liar = open(2);
    for (Update update : nonsense()) {
      liar.core().commit(null, batch -> batch.updateWritten(RingKey.KEY, update));
      pull(liar, store);
      assertThat(store.ring().report().ring()).as("%s", update).isNull();
      store.update("g-counter/x", new Update.Increment(1));
    }
    store.ring().announce(4, 1, List.of("n1", "n2"));
    assertThat(store.ring().report().ring()).isEqualTo(RING);
  }

  /** It speaks of another ring that was announced at once, and lost. */
  @Test
  void whatIsSaidOfAnotherRingDoesNotCount() {
    Tidemark store = open(1);
    store.ring().announce(4, 1, List.of("n1", "n2"));
    RingId other = new RingId(1, 7);
    Tidemark liar = open(2);
    pull(store, liar);
    RingWord word = new RingWord(other, Phase.DONE, other);
    liar.core().commit(null, batch -> batch.updateWritten(RingKey.KEY, RingKey.word("n2", word)));
    pull(liar, store);

    store.ring().advance();
    RingReport report = store.ring().report();
    assertThat(report.phases()).containsEntry("n1", Phase.HELD).containsEntry("n2", Phase.AWAITING);
    assertThat(report.awaited()).containsExactly("n2");
  }
}
