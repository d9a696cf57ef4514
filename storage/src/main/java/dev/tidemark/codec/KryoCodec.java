package dev.tidemark.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.Pool;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A codec of a user's classes by Kryo, fit for bytes that come from peers. Thread-safe.
 *
 * <p>Stored are records, enums, and classes with a constructor without parameters, by their fields;
 * arrays of objects; and, without being named, {@code String}, boxes and primitives and arrays of
 * them, {@code BigInteger}, {@code BigDecimal}, {@code UUID}, {@code Optional}, the common types of
 * {@code java.time}, lists, sets and maps. Every other class that occurs must be named, or the
 * value is refused.
 *
 * <p><b>The list of types is part of what is stored.</b> A type's id is its place in the list: it
 * may only be appended to. So are the components of a record, the fields of a class (superclass
 * first, then by name; transient ones are left out) and the constants of an enum (by ordinal): to
 * change a class, append a new one.
 *
 * <p>Equal values have equal bytes, as elements and fields need them: whatever implements {@code
 * List} is stored alike, and sets and maps are stored in the order of their entries' bytes, however
 * they iterate. Back come {@code ArrayList}, {@code LinkedHashSet} and {@code LinkedHashMap}, so a
 * field is declared as one of these or what they implement, and a class that declares it otherwise
 * is refused. A class of the user's whose {@code equals} does not look at all fields is not stored
 * canonically.
 *
 * <p>Nothing is allocated because bytes say so: lengths are held against the bytes that are left,
 * nesting against {@link #MAX_DEPTH}, and no class is looked up by a name from the bytes. Objects
 * are stored as trees: one that occurs twice is stored twice, and a cycle is refused.
 *
 * @param <T> the type of the values
 */
public final class KryoCodec<T> implements Codec<T> {
  /** How deep values may be nested. */
  public static final int MAX_DEPTH = 64;

  private static final int INITIAL_BYTES = 256;
  private static final int UNBOUNDED = -1;
  private static final int POOLED = 16;

  private final Class<T> type;
  private final Pool<Kryo> pool;

  private KryoCodec(Class<T> type, List<Class<?>> types) {
    this.type = type;
    this.pool =
        new Pool<>(true, false, POOLED) {
          @Override
          protected Kryo create() {
            return new StrictKryo(types, MAX_DEPTH);
          }
        };
  }

  /**
   * A codec for values of a type, which may be an interface or abstract.
   *
   * @param type the type of the values; the first of the list
   * @param others the other classes that occur in them, the type's own implementations among them
   * @throws IllegalArgumentException if a type cannot be stored, or is given twice
   */
  public static <T> KryoCodec<T> of(Class<T> type, Class<?>... others) {
    List<Class<?>> types = Stream.concat(Stream.of(type), Stream.of(others)).toList();
    if (type.isPrimitive()) {
      throw Problem.of("type is primitive")
          .with("type", type)
          .advise("give its box")
          .illegalArgument();
    }
    KryoCodec<T> codec = new KryoCodec<>(type, types);
    codec.release(codec.pool.obtain());
    return codec;
  }

  /**
   * The bytes of a value.
   *
   * @throws IllegalArgumentException if a class occurs in it that is not named, or it is nested too
   *     deep
   */
  @Override
  public byte[] encode(T value) {
    Objects.requireNonNull(value, "value");
    StrictKryo.requireReadable(type, value);
    Kryo kryo = pool.obtain();
    try {
      Output out = new Output(INITIAL_BYTES, UNBOUNDED);
      kryo.writeClassAndObject(out, value);
      return out.toBytes();
    } catch (KryoException e) {
      throw new IllegalArgumentException(
          Problem.of("value cannot be stored")
              .with("type", value.getClass().getName())
              .with("reason", reason(e))
              .advise("store a value without cycles, nested at most " + MAX_DEPTH + " deep")
              .message(),
          e);
    } finally {
      release(kryo);
    }
  }

  @Override
  public T decode(byte[] bytes) {
    Kryo kryo = pool.obtain();
    try {
      // Kryo flips bits of the bytes it reads text from; these may be being read elsewhere.
      BoundedInput in = new BoundedInput(bytes.clone());
      Object value = kryo.readClassAndObject(in);
      if (in.remaining() != 0 || !type.isInstance(value)) {
        throw malformed(
            bytes, value == null ? "no value" : "another value or bytes after it", null);
      }
      return type.cast(value);
    } catch (MalformedException e) {
      throw e;
    } catch (Exception | StackOverflowError e) {
      // Not only Kryo's own: the user's constructors see the bytes too, and refuse as they like.
      throw malformed(bytes, reason(e), e);
    } finally {
      release(kryo);
    }
  }

  private void release(Kryo kryo) {
    kryo.reset();
    pool.free(kryo);
  }

  private MalformedException malformed(byte[] bytes, String reason, @Nullable Throwable cause) {
    return new MalformedException(
        Problem.of("stored bytes are not a value of the codec")
            .with("type", type.getName())
            .with("bytes", bytes.length)
            .with("reason", reason)
            .advise("read the value with the codec that wrote it"),
        cause);
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message.lines().findFirst().orElse("");
  }
}
