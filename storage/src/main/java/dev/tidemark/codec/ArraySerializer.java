package dev.tidemark.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Array;
import java.util.List;

/** An array of objects: its length, then each. */
final class ArraySerializer extends Serializer<Object> {
  private final Class<?> componentType;

  ArraySerializer(Class<?> componentType) {
    this.componentType = componentType;
  }

  @Override
  public void write(Kryo kryo, Output output, Object array) {
    int length = Array.getLength(array);
    output.writeVarInt(length, true);
    for (int i = 0; i < length; i++) {
      Object item = Array.get(array, i);
      StrictKryo.requireReadable(componentType, item);
      kryo.writeClassAndObject(output, item);
    }
  }

  @Override
  public Object read(Kryo kryo, Input input, Class<?> type) {
    List<Object> items = CollectionSerializers.readItems(kryo, input);
    Object array = Array.newInstance(componentType, items.size());
    for (int i = 0; i < items.size(); i++) {
      Array.set(array, i, items.get(i));
    }
    return array;
  }
}
