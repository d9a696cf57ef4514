package dev.tidemark.engine.interest;

import dev.tidemark.engine.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a store of a ring comes to, in memory: a log of operations, and of keys what is held. */
final class ModelMember {
  /** What one did: an update of a key, or what it said of rings. */
  record Op(String origin, long sequence, @Nullable Bytes key, @Nullable Said said) {}

  /** What is said of rings in one operation. */
  record Said(@Nullable Ring ring, @Nullable RingWord word, Set<RingId> old, Set<String> gone) {
    static Said word(RingWord word) {
      return new Said(null, word, Set.of(), Set.of());
    }
  }

  /** An entry of the log: an operation, without what it did if its key was not held; or keys. */
  private record Entry(@Nullable Op op, boolean whole, Map<Bytes, Set<Op>> taken) {}

  final String name;
  private final List<Entry> log = new ArrayList<>();
  private int synced;
  private Interest held;
  private final Map<String, Long> seen = new HashMap<>();
  private final Map<Bytes, Set<Op>> data = new HashMap<>();
  private final TreeMap<RingId, Ring> rings = new TreeMap<>();
  private final Map<String, RingWord> words = new HashMap<>();
  private @Nullable RingFacts facts;

  ModelMember(String name, Interest held) {
    this.name = name;
    this.held = held;
  }

  Interest held() {
    return held;
  }

  RingFacts facts() {
    if (facts == null) {
      facts = new RingFacts(rings, words);
    }
    return facts;
  }

  @Nullable HandOver handOver() {
    return facts().current() == null ? null : new HandOver(facts(), name, held);
  }

  boolean mayWrite(Bytes key) {
    HandOver now = handOver();
    return now == null ? held.covers(key) : now.mayWrite(key);
  }

  Set<Op> data(Bytes key) {
    return data.getOrDefault(key, Set.of());
  }

  /** All updates of a key that it has heard of, whether it has them or not. */
  Set<Op> heardOf(Bytes key) {
    Set<Op> all = new HashSet<>();
    for (Entry entry : log) {
      if (entry.op != null && key.equals(entry.op.key)) {
        all.add(entry.op);
      }
    }
    return all;
  }

  void write(Bytes key) {
    append(new Entry(new Op(name, seen(name) + 1, key, null), true, Map.of()));
  }

  void say(Said said) {
    append(new Entry(new Op(name, seen(name) + 1, null, said), true, Map.of()));
  }

  void sync() {
    synced = log.size();
  }

  long seen(String origin) {
    return seen.getOrDefault(origin, 0L);
  }

  private void append(Entry entry) {
    log.add(entry);
    enter(entry);
  }

  private void enter(Entry entry) {
    entry.taken.forEach((key, ops) -> data.put(key, new HashSet<>(ops)));
    Op op = entry.op;
    if (op == null) {
      return;
    }
    seen.put(op.origin, op.sequence);
    if (op.key != null && entry.whole) {
      data.computeIfAbsent(op.key, key -> new HashSet<>()).add(op);
    }
    Said said = op.said;
    if (said != null) {
      facts = null;
      said.old.forEach(rings::remove);
      said.gone.forEach(words::remove);
      if (said.ring != null) {
        rings.put(RingId.of(said.ring), said.ring);
      }
      if (said.word != null) {
        words.put(op.origin, said.word);
      }
    }
  }

  /** All that was not synced is gone; what is held was written down with a sync of its own. */
  void crash() {
    List<Entry> kept = List.copyOf(log.subList(0, synced));
    log.clear();
    seen.clear();
    data.clear();
    rings.clear();
    words.clear();
    facts = null;
    kept.forEach(this::append);
  }

  /** Takes what another has synced, up to what that lacks itself; whether anything was new. */
  boolean pull(ModelMember from) {
    boolean news = false;
    for (Entry entry : from.log.subList(0, from.synced)) {
      Op op = entry.op;
      if (op == null || op.sequence <= seen(op.origin)) {
        continue;
      }
      boolean isHeld = op.key == null || held.covers(op.key);
      if (isHeld && !entry.whole) {
        break;
      }
      append(new Entry(op, isHeld, Map.of()));
      news = true;
    }
    return news;
  }

  /** Gets what another can give of what it lacks, if both have seen the same. */
  boolean widen(ModelMember from, List<Bytes> keys) {
    HandOver now = handOver();
    Interest part = now == null ? Interest.NONE : held.lacking(now.wanted(), from.held);
    if (part.equals(Interest.NONE) || !seen.equals(from.seen)) {
      return false;
    }
    from.sync();
    Map<Bytes, Set<Op>> taken = new HashMap<>();
    for (Bytes key : keys) {
      if (part.covers(key) && !held.covers(key)) {
        taken.put(key, Set.copyOf(from.data(key)));
      }
    }
    append(new Entry(null, true, taken));
    held = held.union(part);
    sync();
    return true;
  }

  /** Says what it has to say, or lets go of what it may; whether there was anything. */
  boolean advance(Predicate<ModelMember> isSpread) {
    HandOver now = handOver();
    if (now == null) {
      return false;
    }
    RingWord word = now.nextWord();
    if (word != null) {
      say(Said.word(word));
      return true;
    }
    Interest only = now.isAside() && !isSpread.test(this) ? null : now.keeps();
    held = only == null ? held : only;
    return only != null;
  }
}
