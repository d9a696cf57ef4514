package dev.tidemark.engine.schema;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which strategy a key has: the one of the longest prefix that matches. Keys that match none belong
 * to the namespace of the empty prefix, {@code lww-register} unless it is given. Immutable.
 */
public final class Schema {
  private static final int MIN_ENTRY_BYTES = 2;

  private final SortedMap<Bytes, Namespace> byPrefix;
  private final Namespace[] longestFirst;

  private Schema(SortedMap<Bytes, Namespace> byPrefix) {
    this.byPrefix = Collections.unmodifiableSortedMap(byPrefix);
    List<Namespace> sorted = new ArrayList<>(byPrefix.values());
    sorted.sort((a, b) -> Integer.compare(b.prefix().length(), a.prefix().length()));
    this.longestFirst = sorted.toArray(new Namespace[0]);
  }

  /** No prefixes: every key is an {@code lww-register}. */
  public static Schema empty() {
    return new Schema(withDefault(new TreeMap<>()));
  }

  /** One prefix. */
  public static Schema of(String prefix, Strategy strategy) {
    return empty().and(prefix, strategy);
  }

  /** This schema with one more prefix. */
  public Schema and(String prefix, Strategy strategy) {
    Bytes bytes = Bytes.utf8(prefix);
    Namespace stored = byPrefix.get(bytes);
    boolean isUnsaidDefault = prefix.isEmpty();
    if (stored != null && !isUnsaidDefault && stored.strategy() != strategy) {
      throw Problem.of("prefix is given twice")
          .with("prefix", prefix)
          .with("first", stored.strategy())
          .with("second", strategy)
          .advise("give each prefix one strategy")
          .illegalArgument();
    }
    if (bytes.length() > Limits.MAX_PREFIX_BYTES) {
      throw Problem.of("prefix is too long")
          .with("prefix", prefix)
          .with("bytes", bytes.length())
          .with("limit", Limits.MAX_PREFIX_BYTES)
          .advise("shorten it")
          .illegalArgument();
    }
    Namespace added = new Namespace(bytes, strategy);
    if (Namespace.isReserved(bytes) && !added.equals(Namespace.SYSTEM)) {
      throw Problem.of("prefix is reserved")
          .with("prefix", bytes)
          .with("reserved", Namespace.SYSTEM.prefix())
          .advise("use a prefix that begins otherwise")
          .illegalArgument();
    }
    TreeMap<Bytes, Namespace> wider = new TreeMap<>(byPrefix);
    wider.put(bytes, added);
    if (wider.size() > most(wider)) {
      throw Problem.of("schema has too many prefixes")
          .with("prefixes", wider.size())
          .with("limit", Limits.MAX_NAMESPACES)
          .advise("let one prefix serve more keys")
          .illegalArgument();
    }
    return new Schema(wider);
  }

  /** The schema of a store: with the place for what stores say to each other. */
  public Schema withSystem() {
    return and(Namespace.SYSTEM.prefix().toUtf8(), Namespace.SYSTEM.strategy());
  }

  /** What users gave: a store's schema without {@link #withSystem}. */
  public Schema withoutSystem() {
    TreeMap<Bytes, Namespace> users = new TreeMap<>(byPrefix);
    users.remove(Namespace.SYSTEM.prefix());
    return new Schema(users);
  }

  private static int most(SortedMap<Bytes, Namespace> byPrefix) {
    boolean hasSystem = byPrefix.containsKey(Namespace.SYSTEM.prefix());
    return Limits.MAX_NAMESPACES + (hasSystem ? 1 : 0);
  }

  /** The namespaces in the order of their prefixes, the one of the empty prefix first. */
  public Collection<Namespace> namespaces() {
    return byPrefix.values();
  }

  /** The namespace of a key. */
  public Namespace of(Bytes key) {
    for (Namespace namespace : longestFirst) {
      if (key.startsWith(namespace.prefix())) {
        return namespace;
      }
    }
    throw Problem.of("schema has no default namespace").broken();
  }

  /** The namespace of exactly this prefix, or null. */
  public @Nullable Namespace withPrefix(Bytes prefix) {
    return byPrefix.get(prefix);
  }

  /** Writes the count, then prefix and strategy tag of each namespace in order. */
  public void encode(ByteWriter out) {
    out.varint(byPrefix.size());
    for (Namespace namespace : byPrefix.values()) {
      out.bytes(namespace.prefix()).u8(namespace.strategy().tag());
    }
  }

  /** Reads what {@link #encode} wrote. */
  public static Schema decode(ByteReader in) {
    int n = in.items("namespaces", MIN_ENTRY_BYTES);
    TreeMap<Bytes, Namespace> byPrefix = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      Bytes prefix = Bytes.wrap(in.bytes("prefix bytes", Limits.MAX_PREFIX_BYTES));
      if (!prefix.isUtf8()) {
        throw in.malformed("prefix is not UTF-8");
      }
      if (!byPrefix.isEmpty() && byPrefix.lastKey().compareTo(prefix) >= 0) {
        throw in.malformed("namespaces are out of order");
      }
      byPrefix.put(prefix, new Namespace(prefix, Strategy.ofTag(in.u8())));
    }
    if (n > most(byPrefix) || !byPrefix.containsKey(Bytes.EMPTY)) {
      throw in.malformed("schema is out of range");
    }
    return new Schema(byPrefix);
  }

  private static SortedMap<Bytes, Namespace> withDefault(TreeMap<Bytes, Namespace> byPrefix) {
    byPrefix.put(Bytes.EMPTY, new Namespace(Bytes.EMPTY, Strategy.LWW_REGISTER));
    return byPrefix;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Schema that && byPrefix.equals(that.byPrefix);
  }

  @Override
  public int hashCode() {
    return byPrefix.hashCode();
  }

  @Override
  public String toString() {
    return byPrefix.values().toString();
  }
}
