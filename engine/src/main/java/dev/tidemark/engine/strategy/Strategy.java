package dev.tidemark.engine.strategy;

import dev.tidemark.engine.causal.EnableWinsFlag;
import dev.tidemark.engine.causal.MultiValueRegister;
import dev.tidemark.engine.causal.ObservedRemoveMap;
import dev.tidemark.engine.causal.ObservedRemoveSet;
import dev.tidemark.engine.counter.Counter;
import dev.tidemark.engine.counter.CounterMap;
import dev.tidemark.engine.epoch.EpochMax;
import dev.tidemark.engine.journal.Journal;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.map.LastWriterMap;
import dev.tidemark.engine.register.LastWriterRegister;
import dev.tidemark.engine.set.GrowOnlySet;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Which lattice a key prefix uses. The tag is stored with every operation and never changes. */
public enum Strategy {
  /** Newest value by (stamp, replica). */
  LWW_REGISTER(1, "lww-register", new LastWriterRegister()),
  /** Greatest (epoch, count) put since the newest delete. */
  EPOCH_MAX(2, "epoch-max", new EpochMax()),
  /** Only up; a delete resets what it has seen. */
  G_COUNTER(3, "g-counter", new Counter(false)),
  /** Up and down; a delete resets what it has seen. */
  PN_COUNTER(4, "pn-counter", new Counter(true)),
  /** Union. */
  G_SET(5, "g-set", new GrowOnlySet()),
  /** A concurrent add survives a remove. */
  OR_SET(6, "or-set", new ObservedRemoveSet()),
  /** Every value not overwritten by one that saw it. */
  MV_REGISTER(7, "mv-register", new MultiValueRegister()),
  /** A concurrent enable survives a disable. */
  EW_FLAG(8, "ew-flag", new EnableWinsFlag()),
  /** Newest value per field; a delete cuts every older field. */
  LWW_MAP(9, "lww-map", new LastWriterMap()),
  /** A set per field. */
  OR_MAP_OF_OR_SET(10, "or-map:or-set", ObservedRemoveMap.ofSets()),
  /** A multi-value register per field. */
  OR_MAP_OF_MV_REGISTER(11, "or-map:mv-register", ObservedRemoveMap.ofRegisters()),
  /** A flag per field. */
  OR_MAP_OF_EW_FLAG(12, "or-map:ew-flag", ObservedRemoveMap.ofFlags()),
  /** A counter per field. */
  OR_MAP_OF_PN_COUNTER(13, "or-map:pn-counter", new CounterMap()),
  /** Events in (stamp, replica) order. */
  JOURNAL(14, "journal", new Journal());

  private static final Strategy[] BY_TAG = new Strategy[values().length + 1];

  static {
    for (Strategy strategy : values()) {
      BY_TAG[strategy.tag] = strategy;
    }
  }

  private final int tag;
  private final String id;
  private final Lattice lattice;

  Strategy(int tag, String id, Lattice lattice) {
    this.tag = tag;
    this.id = id;
    this.lattice = lattice;
  }

  /** The number that is stored: 1 to 255. */
  public int tag() {
    return tag;
  }

  /** The name, as schemas and scenario files write it. */
  public String id() {
    return id;
  }

  /** What it does. */
  public Lattice lattice() {
    return lattice;
  }

  /** The strategy of a stored tag. */
  public static Strategy ofTag(int tag) {
    Strategy strategy = tag > 0 && tag < BY_TAG.length ? BY_TAG[tag] : null;
    if (strategy == null) {
      throw new MalformedException(
          Problem.of("unknown strategy")
              .with("tag", tag)
              .advise("it was written by a newer version; upgrade this one"));
    }
    return strategy;
  }

  /** The strategy of a name. */
  public static Strategy ofId(String id) {
    for (Strategy strategy : values()) {
      if (strategy.id.equals(id)) {
        return strategy;
      }
    }
    throw Problem.of("unknown strategy")
        .with("strategy", id)
        .advise(
            "use one of "
                + Arrays.stream(values()).map(Strategy::id).collect(Collectors.joining(", ")))
        .illegalArgument();
  }

  @Override
  public String toString() {
    return id;
  }
}
