package dev.tidemark.engine.codec;

/**
 * The limits of everything that is stored or sent. They are the same where an update is submitted
 * and where bytes are decoded, so that no store accepts what its peers must refuse.
 */
public final class Limits {
  /** A key, in UTF-8 bytes; at least 1. */
  public static final int MAX_KEY_BYTES = 64 * 1024;

  /** An element of a set or a field of a map, in bytes; may be empty. */
  public static final int MAX_ELEMENT_BYTES = 64 * 1024;

  /** A value or an event held inline, in bytes. */
  public static final int MAX_VALUE_BYTES = 1024 * 1024;

  /** One commit as it is logged and sent, in bytes. */
  public static final int MAX_COMMIT_BYTES = 8 * 1024 * 1024;

  /** Operations in one commit. */
  public static final int MAX_OPERATIONS = 65_536;

  /** A prefix of the schema, in UTF-8 bytes. */
  public static final int MAX_PREFIX_BYTES = 255;

  /** Prefixes in one schema: each is a column family with buffers of its own. */
  public static final int MAX_NAMESPACES = 256;

  /**
   * Replicas whose operations one store takes from others. All of them are named in each vector, so
   * what makes one up for every operation is refused before vectors fill frames and memory.
   */
  public static final int MAX_REPLICAS = 8192;

  private Limits() {}
}
