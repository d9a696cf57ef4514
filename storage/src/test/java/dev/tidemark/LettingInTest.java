package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores that wrote before they were let in. What they wrote lies below what the others have
 * forgotten; single commits of it were refused, but once it was folded with what came later it was
 * taken, less what was below the floor: the values differed for good.
 */
class LettingInTest {
  private static final Schema SCHEMA = Schema.of("r:", Strategy.LWW_REGISTER);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private final AtomicLong now = new AtomicLong(1_000_000);
  private Tidemark first;
  private Tidemark second;

  private Tidemark open(long replica) {
    Options options =
        QuietOptions.defaults().withReplicaId(replica).withClock(now::incrementAndGet);
    return audit.open(dir.resolve("store" + replica), SCHEMA, options);
  }

  private static void write(Tidemark store, String key) {
    store.lwwRegister(key, Codec.utf8()).set("of " + store.replicaId());
  }

  @BeforeEach
  void found() {
    first = open(1);
    second = open(2);
    first.members().found();
    first.members().admit(2);
    pull(first, second);
  }

  /** All that was written by now lies below the floor of both. */
  private void forget() {
    write(first, "r:first");
    do {
      pull(first, second);
      pull(second, first);
    } while (first.members().acknowledge() | second.members().acknowledge());
    assertThat(first.collect().floor().isNone()).isFalse();
    assertThat(second.collect().floor()).isEqualTo(first.collect().floor());
  }

  private static void assertRefused(Tidemark from, Tidemark to, String title) {
    var before = to.vector();
    assertThatThrownBy(() -> pull(from, to))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining(title);
    assertThat(to.vector()).isEqualTo(before);
  }

  private static void assertSilenced(Tidemark store) {
    assertThatThrownBy(() -> write(store, "r:more"))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining("wrote before it was let into its cluster: replica=9");
    assertThat(store.members().acknowledge()).isFalse();
    assertThat(store.members().report().ownRefusal()).isTrue();
  }

  @Test
  void whoWroteBeforeItWasLetInIsHeardByNobodyWhateverItsLogHasBecome() {
    Tidemark early = open(9);
    write(early, "r:early");
    forget();
    first.members().admit(9);
    assertRefused(early, first, "was made before its replica was let in");
    pull(first, early);

    assertSilenced(early);
    assertRefused(early, first, "was made before its replica was let in");
    early.compact();
    assertRefused(early, first, "was made before its replica was let in");
    early.truncate();
    assertRefused(early, first, "was made before its replica was let in");
    early.close();
    Tidemark again = open(9);
    assertSilenced(again);
    assertThat(again.lwwRegister("r:early", Codec.utf8()).get()).contains("of 9");
  }

  /** It is above the floor of its sponsor, but maybe not of others: who took it would be stuck. */
  @Test
  void whatItWroteIsRefusedThoughNothingWasForgottenYet() {
    Tidemark early = open(9);
    write(early, "r:early");
    first.members().admit(9);

    assertRefused(early, first, "was made before its replica was let in");
  }

  @Test
  void whoHasWrittenNothingIsHeardAlsoThroughARun() {
    Tidemark third = open(3);
    forget();
    first.members().admit(3);
    pull(first, third);
    write(third, "r:third");
    third.compact();
    pull(first, second);
    pull(third, second);
    assertThat(second.lwwRegister("r:third", Codec.utf8()).get()).contains("of 3");
  }

  /** Its first operation lies below the floor, its last above, and a member hands over both. */
  @Test
  void aStrangerIsNotVouchedForByAMemberThatHeardItBefore() {
    Tidemark stranger = open(9);
    Tidemark third = open(3);
    write(stranger, "r:early");
    forget();
    write(stranger, "r:late");
    pull(stranger, third);
    third.compact();
    first.members().admit(3);
    pull(first, third);

    assertRefused(third, first, "is of a replica that is no member: origin=9");
    first.members().admit(9);
    assertRefused(third, first, "was made before its replica was let in: origin=9");
  }
}
