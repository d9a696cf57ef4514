package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.event.Event;
import java.time.Duration;
import java.util.List;

/** A subscription, and what it must still tell. */
final class ModelSubscription {
  private final StoreModel model;
  private final String prefix;
  private Subscription subscription;
  private int told;

  /** From a position on, or from now on if it is 0. */
  ModelSubscription(Tidemark store, StoreModel model, String prefix, long from) {
    this.model = model;
    this.prefix = prefix;
    this.subscription = from == 0 ? store.subscribe(prefix) : store.subscribe(prefix, from);
    this.told = firstFrom(from == 0 ? model.position() + 1 : from);
  }

  private int firstFrom(long position) {
    List<StoreModel.Change> changes = model.changes();
    int index = 0;
    while (index < changes.size() && changes.get(index).position() < position) {
      index++;
    }
    return index;
  }

  /** Takes events that are due, at most so many; the store is synced. */
  void take(int count) {
    for (int i = 0; i < count; i++) {
      StoreModel.Change due = due();
      Event event = pollNow();
      if (due == null) {
        assertThat(event).isNull();
        return;
      }
      expect((Event.Change) event, due);
      told++;
    }
  }

  private Event pollNow() {
    try {
      return subscription.poll(Duration.ZERO);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private StoreModel.Change due() {
    while (told < model.changes().size()) {
      StoreModel.Change change = model.changes().get(told);
      if (change.key().startsWith(prefix)) {
        return change;
      }
      told++;
    }
    return null;
  }

  private static void expect(Event.Change event, StoreModel.Change due) {
    assertThat(event).as("due: %s", due).isNotNull();
    assertThat(event.position()).isEqualTo(due.position());
    assertThat(event.operation()).isEqualTo(due.operation());
    assertThat(event.key()).isEqualTo(due.key());
    assertThat(event.strategy()).isEqualTo(due.strategy());
    assertThat(event.effects()).isEqualTo(due.effects());
    assertThat(event.cause()).isEqualTo(Event.Cause.LOCAL);
    boolean live = event.before() != null;
    if (live && due.before() != null) {
      assertThat(event.before()).isEqualTo(due.before());
      assertThat(event.after()).isEqualTo(due.after());
    }
  }

  /** Goes on in the next opening of the store, from where it says that it stands. */
  void resume(Tidemark again) {
    long next = subscription.nextPosition();
    StoreModel.Change due = due();
    // Of a commit that was told in part it is the commit: its first changes are told again.
    assertThat(next).isLessThanOrEqualTo(due == null ? model.position() + 1 : due.position());
    assertThat(next).isGreaterThan(lastWhole());
    subscription.close();
    subscription = again.subscribe(prefix, next);
    told = firstFrom(next);
  }

  /** The position of the last commit of which nothing is due any more, as far as it was wanted. */
  private long lastWhole() {
    StoreModel.Change due = due();
    long last = 0;
    for (int i = 0; i < told; i++) {
      StoreModel.Change change = model.changes().get(i);
      boolean whole = due == null || change.position() < due.position();
      if (whole && change.key().startsWith(prefix)) {
        last = change.position();
      }
    }
    return last;
  }

  void close() {
    subscription.close();
  }
}
