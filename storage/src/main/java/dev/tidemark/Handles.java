package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.type.EpochMax;
import dev.tidemark.type.EwFlag;
import dev.tidemark.type.GCounter;
import dev.tidemark.type.GSet;
import dev.tidemark.type.Journal;
import dev.tidemark.type.KeyAccess;
import dev.tidemark.type.LwwMap;
import dev.tidemark.type.LwwRegister;
import dev.tidemark.type.MvRegister;
import dev.tidemark.type.OrMapOfCounters;
import dev.tidemark.type.OrMapOfFlags;
import dev.tidemark.type.OrMapOfRegisters;
import dev.tidemark.type.OrMapOfSets;
import dev.tidemark.type.OrSet;
import dev.tidemark.type.PnCounter;

/**
 * Typed handles of keys. A handle is cheap, holds nothing, and may be kept or made anew; each
 * method refuses a key whose prefix has another strategy.
 */
public interface Handles {
  /**
   * The key itself, for callers that know its strategy only at run time.
   *
   * @throws IllegalArgumentException if the key is empty, not Unicode, or over 64 KiB
   */
  KeyAccess key(String key);

  /** A key of strategy {@code lww-register}. */
  default <V> LwwRegister<V> lwwRegister(String key, Codec<V> codec) {
    return new LwwRegister<>(key(key), codec);
  }

  /** A key of strategy {@code epoch-max}. */
  default EpochMax epochMax(String key) {
    return new EpochMax(key(key));
  }

  /** A key of strategy {@code g-counter}. */
  default GCounter gCounter(String key) {
    return new GCounter(key(key));
  }

  /** A key of strategy {@code pn-counter}. */
  default PnCounter pnCounter(String key) {
    return new PnCounter(key(key));
  }

  /** A key of strategy {@code g-set}. */
  default <E> GSet<E> gSet(String key, Codec<E> codec) {
    return new GSet<>(key(key), codec);
  }

  /** A key of strategy {@code or-set}. */
  default <E> OrSet<E> orSet(String key, Codec<E> codec) {
    return new OrSet<>(key(key), codec);
  }

  /** A key of strategy {@code mv-register}. */
  default <V> MvRegister<V> mvRegister(String key, Codec<V> codec) {
    return new MvRegister<>(key(key), codec);
  }

  /** A key of strategy {@code ew-flag}. */
  default EwFlag ewFlag(String key) {
    return new EwFlag(key(key));
  }

  /** A key of strategy {@code lww-map}. */
  default <F, V> LwwMap<F, V> lwwMap(String key, Codec<F> fields, Codec<V> values) {
    return new LwwMap<>(key(key), fields, values);
  }

  /** A key of strategy {@code or-map:or-set}. */
  default <F, E> OrMapOfSets<F, E> orMapOfSets(String key, Codec<F> fields, Codec<E> elements) {
    return new OrMapOfSets<>(key(key), fields, elements);
  }

  /** A key of strategy {@code or-map:mv-register}. */
  default <F, V> OrMapOfRegisters<F, V> orMapOfRegisters(
      String key, Codec<F> fields, Codec<V> values) {
    return new OrMapOfRegisters<>(key(key), fields, values);
  }

  /** A key of strategy {@code or-map:ew-flag}. */
  default <F> OrMapOfFlags<F> orMapOfFlags(String key, Codec<F> fields) {
    return new OrMapOfFlags<>(key(key), fields);
  }

  /** A key of strategy {@code or-map:pn-counter}. */
  default <F> OrMapOfCounters<F> orMapOfCounters(String key, Codec<F> fields) {
    return new OrMapOfCounters<>(key(key), fields);
  }

  /** A key of strategy {@code journal}. */
  default <E> Journal<E> journal(String key, Codec<E> events) {
    return new Journal<>(key(key), events);
  }
}
