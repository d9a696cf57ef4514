package dev.tidemark.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.tidemark.error.Problem;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.List;

/**
 * A record or a class, by its members. Kryo's own serializers write fields without a look at their
 * type where they can, so that bytes could put an object where another type is declared; reflection
 * looks.
 */
final class MemberSerializer extends Serializer<Object> {
  private final Constructor<?> constructor;
  private final List<Field> members;
  private final boolean isRecord;

  private MemberSerializer(Constructor<?> constructor, List<Field> members, boolean isRecord) {
    this.constructor = constructor;
    this.members = members;
    this.isRecord = isRecord;
  }

  /** Refuses a class that could be written and not be read again. */
  static MemberSerializer of(Class<?> type) {
    try {
      List<Field> members = type.isRecord() ? Members.ofRecord(type) : Members.ofClass(type);
      members.forEach(member -> StrictKryo.requireReadable(member.getType()));
      return new MemberSerializer(constructor(type), members, type.isRecord());
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalArgumentException(
          Problem.of("type cannot be stored")
              .with("type", type.getName())
              .with("reason", e)
              .advise("give a record, an enum, or a class with a constructor without parameters")
              .message(),
          e);
    }
  }

  private static Constructor<?> constructor(Class<?> type) throws ReflectiveOperationException {
    Constructor<?> constructor =
        type.isRecord()
            ? type.getDeclaredConstructor(Members.componentTypes(type))
            : type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor;
  }

  @Override
  public void write(Kryo kryo, Output output, Object object) {
    for (Field member : members) {
      try {
        Object value = member.get(object);
        StrictKryo.requireReadable(member.getType(), value);
        if (member.getType().isPrimitive()) {
          kryo.writeObject(output, value);
        } else {
          kryo.writeClassAndObject(output, value);
        }
      } catch (IllegalAccessException e) {
        throw new KryoException(e);
      }
    }
  }

  @Override
  public Object read(Kryo kryo, Input input, Class<?> type) {
    Object[] values = new Object[members.size()];
    for (int i = 0; i < values.length; i++) {
      Class<?> declared = members.get(i).getType();
      values[i] =
          declared.isPrimitive()
              ? kryo.readObject(input, declared)
              : kryo.readClassAndObject(input);
    }
    try {
      return isRecord ? constructor.newInstance(values) : filled(constructor.newInstance(), values);
    } catch (ReflectiveOperationException e) {
      throw new KryoException(e.getCause() == null ? e : e.getCause());
    }
  }

  private Object filled(Object object, Object[] values) throws IllegalAccessException {
    for (int i = 0; i < values.length; i++) {
      members.get(i).set(object, values[i]);
    }
    return object;
  }
}
