package dev.tidemark.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.serializers.DefaultSerializers;
import com.esotericsoftware.kryo.util.DefaultClassResolver;
import dev.tidemark.error.Problem;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Kryo with a closed world: the types of the JDK below, and the user's, each with a serializer that
 * trusts no length and stores equal values alike.
 */
final class StrictKryo extends Kryo {
  /** Ids are stored: this list may only be appended to. Kryo has those of the boxes, below 16. */
  private static final List<Class<?>> PLATFORM =
      List.of(
          byte[].class,
          short[].class,
          char[].class,
          int[].class,
          long[].class,
          float[].class,
          double[].class,
          BigInteger.class,
          BigDecimal.class,
          Optional.class,
          Instant.class,
          Duration.class,
          Period.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          ZoneId.class,
          ZoneOffset.class,
          OffsetDateTime.class,
          ZonedDateTime.class);

  private static final Set<Class<?>> COLLECTIONS =
      Set.of(ArrayList.class, LinkedHashSet.class, LinkedHashMap.class);

  private static final int LIST_ID = 16;
  private static final int SET_ID = 17;
  private static final int MAP_ID = 18;
  private static final int UUID_ID = 19;
  private static final int BOOLEANS_ID = 20;
  private static final int FIRST_PLATFORM_ID = 21;
  private static final int FIRST_USER_ID = 64;

  StrictKryo(List<Class<?>> types, int maxDepth) {
    super(new ClosedResolver(), null);
    setRegistrationRequired(true);
    setReferences(false);
    setOptimizedGenerics(false);
    setMaxDepth(maxDepth);
    register(ArrayList.class, new CollectionSerializers.OfList(), LIST_ID);
    register(LinkedHashSet.class, new CollectionSerializers.OfSet(), SET_ID);
    register(LinkedHashMap.class, new CollectionSerializers.OfMap(), MAP_ID);
    register(UUID.class, new DefaultSerializers.UUIDSerializer(), UUID_ID);
    register(boolean[].class, new BooleanArraySerializer(), BOOLEANS_ID);
    for (int i = 0; i < PLATFORM.size(); i++) {
      register(PLATFORM.get(i), FIRST_PLATFORM_ID + i);
    }
    for (int i = 0; i < types.size(); i++) {
      registerUser(types, i);
    }
  }

  private void registerUser(List<Class<?>> types, int index) {
    Class<?> type = types.get(index);
    if (types.indexOf(type) < index) {
      throw Problem.of("type is given twice")
          .with("type", type.getName())
          .advise("name each type once")
          .illegalArgument();
    }
    requireReadable(type);
    if (find(type) == null && !hasOnlyImplementations(type)) {
      register(type, serializer(type), FIRST_USER_ID + index);
    }
  }

  /** What is stored of such a type is another; it keeps its place in the list. */
  private static boolean hasOnlyImplementations(Class<?> type) {
    return Modifier.isAbstract(type.getModifiers()) && !type.isArray() && !type.isEnum();
  }

  /** Refuses a declared type that no collection could be read into. */
  static void requireReadable(Class<?> declared) {
    boolean isMany =
        Collection.class.isAssignableFrom(declared) || Map.class.isAssignableFrom(declared);
    if (isMany && COLLECTIONS.stream().noneMatch(declared::isAssignableFrom)) {
      throw otherCollection(declared);
    }
  }

  /** Refuses a value that would be read as a class which the declared type cannot hold. */
  static void requireReadable(Class<?> declared, @Nullable Object value) {
    if (value != null && !declared.isPrimitive()) {
      Class<?> read = canonical(value.getClass());
      if (COLLECTIONS.contains(read) && !declared.isAssignableFrom(read)) {
        throw otherCollection(declared);
      }
    }
  }

  private static IllegalArgumentException otherCollection(Class<?> declared) {
    return Problem.of("collection is read as another type than is declared")
        .with("declared", declared.getName())
        .advise("declare it as List, Set or Map")
        .illegalArgument();
  }

  private static Serializer<?> serializer(Class<?> type) {
    if (type.isArray()) {
      return new ArraySerializer(type.getComponentType());
    }
    if (type.isEnum()) {
      return new DefaultSerializers.EnumSerializer(type.asSubclass(Enum.class));
    }
    return MemberSerializer.of(type);
  }

  /** The class as which a class is stored. */
  static Class<?> canonical(Class<?> type) {
    if (List.class.isAssignableFrom(type)) {
      return ArrayList.class;
    } else if (Set.class.isAssignableFrom(type)) {
      return LinkedHashSet.class;
    } else if (Map.class.isAssignableFrom(type)) {
      return LinkedHashMap.class;
    } else if (ZoneId.class.isAssignableFrom(type)) {
      return ZoneId.class;
    }
    // A constant with a body is of a class of its own.
    Class<?> parent = type.getSuperclass();
    return parent != null && parent.isEnum() ? parent : type;
  }

  @Override
  @SuppressWarnings("rawtypes") // As Kryo declares it.
  public Registration getRegistration(Class type) {
    Registration registration = find(type);
    if (registration == null) {
      throw Problem.of("type is not registered")
          .with("type", type.getName())
          .advise("append it to the types of the codec")
          .illegalArgument();
    }
    return registration;
  }

  private @Nullable Registration find(Class<?> type) {
    Registration exact = getClassResolver().getRegistration(type);
    return exact != null ? exact : getClassResolver().getRegistration(canonical(type));
  }

  /** Kryo looks up classes by names from the bytes, and refuses them afterwards. */
  private static final class ClosedResolver extends DefaultClassResolver {
    @Override
    protected Registration readName(Input input) {
      throw new KryoException("class is given by name");
    }
  }
}
