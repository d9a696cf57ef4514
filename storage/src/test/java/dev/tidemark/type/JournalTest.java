package dev.tidemark.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {
  private final FakeReplica key = new FakeReplica(Strategy.JOURNAL, 1);
  private final Journal<String> journal = handle(key);

  private static Journal<String> handle(KeyAccess key) {
    return new Journal<>(key, Codec.utf8());
  }

  @Test
  void eventsStandInTheOrderOfTheirAppend() {
    assertThat(journal.events()).isEmpty();
    assertThat(journal.append("b")).isEqualTo(1);
    journal.append("");
    journal.append("a");

    assertThat(journal.events()).extracting(JournalEvent::event).containsExactly("b", "", "a");
    assertThat(journal.size()).isEqualTo(3);
    JournalEvent<String> last = journal.events().get(2);
    assertThat(last.replica()).isEqualTo(1);
    assertThat(last.sequence()).isEqualTo(3);
    assertThat(last.millis()).isEqualTo(1_000);
    assertThat(last.seen()).isEqualTo(VersionVector.of(1, 2));
  }

  @Test
  void pagesReadTheirOwnEventsAndGoOnBehindTheLast() {
    for (int i = 0; i < 20; i++) {
      journal.append("e" + i);
    }
    List<JournalEvent<String>> seen = new ArrayList<>();
    JournalPosition from = JournalPosition.START;
    for (var page = journal.range(from, 6); !page.isEmpty(); page = journal.range(from, 6)) {
      assertThat(key.takeCellsRead()).isEqualTo(page.size());
      seen.addAll(page);
      from = page.get(page.size() - 1).position().next();
    }
    assertThat(seen).isEqualTo(journal.events()).hasSize(20);
    assertThat(journal.range(seen.get(5).position(), 1)).containsExactly(seen.get(5));
  }

  @Test
  void aPageCanBeginAtATime() {
    journal.append("early");
    key.tick();
    journal.append("later");

    assertThat(journal.range(JournalPosition.ofMillis(1_000), 9)).hasSize(2);
    assertThat(journal.range(JournalPosition.ofMillis(1_001), 9))
        .extracting(JournalEvent::event)
        .containsExactly("later");
    assertThat(journal.range(JournalPosition.ofMillis(1_002), 9)).isEmpty();
  }

  @Test
  void thePositionBehindTheGreatestReplicaIsTheNextStamp() {
    JournalPosition greatest = new JournalPosition(5, -1);

    assertThat(greatest.next()).isEqualTo(new JournalPosition(6, 0));
    assertThat(new JournalPosition(5, 1).next()).isEqualTo(new JournalPosition(5, 2));
    assertThat(new JournalPosition(5, 1)).isLessThan(greatest).isGreaterThan(JournalPosition.START);
  }

  @Test
  void concurrentEventsAreToldFromTheirVectorsAndOneThatSawBothFollowsThem() {
    Pair<Journal<String>> pair = new Pair<>(Strategy.JOURNAL, JournalTest::handle);
    pair.left.append("first");
    pair.meet();
    pair.left.append("left");
    pair.right.append("right");
    pair.meet();
    pair.right.append("both");

    pair.meet()
        .both(
            each -> {
              List<JournalEvent<String>> events = each.events();
              assertThat(events)
                  .extracting(JournalEvent::event)
                  .containsExactly("first", "left", "right", "both");
              JournalEvent<String> first = events.get(0);
              JournalEvent<String> left = events.get(1);
              JournalEvent<String> right = events.get(2);
              JournalEvent<String> both = events.get(3);
              assertThat(left.isConcurrentWith(right)).isTrue();
              assertThat(right.isConcurrentWith(left)).isTrue();
              assertThat(left.isConcurrentWith(left)).isFalse();
              assertThat(first.isConcurrentWith(left)).isFalse();
              assertThat(first.happenedBefore(right)).isTrue();
              assertThat(right.happenedBefore(first)).isFalse();
              assertThat(left.happenedBefore(both)).isTrue();
              assertThat(both.isConcurrentWith(left)).isFalse();
            });
  }

  @Test
  void aLateEventLandsInItsPlace() {
    Pair<Journal<String>> pair = new Pair<>(Strategy.JOURNAL, JournalTest::handle);
    pair.right.append("early elsewhere");
    pair.laterOnTheLeft().left.append("later here");

    pair.meet()
        .both(
            each ->
                assertThat(each.events())
                    .extracting(JournalEvent::event)
                    .containsExactly("early elsewhere", "later here"));
  }

  @Test
  void aVisitorStopsTheVisit() {
    journal.append("a");
    journal.append("b");
    List<String> seen = new ArrayList<>();
    journal.forEach(
        event -> {
          seen.add(event.event());
          return false;
        });
    assertThat(seen).containsExactly("a");
    assertThat(key.takeCellsRead()).isEqualTo(1);
  }

  @Test
  void anEventThatIsTooLongIsRefusedAndChangesNothing() {
    Journal<byte[]> raw = new Journal<>(key, Codec.bytes());
    raw.append(new byte[Limits.MAX_VALUE_BYTES]);
    KeyDelta before = key.snapshot();

    assertThatThrownBy(() -> raw.append(new byte[Limits.MAX_VALUE_BYTES + 1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("value is too long");
    assertThatThrownBy(() -> raw.range(JournalPosition.START, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(key.snapshot()).isEqualTo(before);
  }
}
