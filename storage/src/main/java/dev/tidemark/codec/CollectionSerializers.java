package dev.tidemark.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lists in their order; sets and maps in the order of their entries' bytes. Each is its size, then
 * its items, and grows as they are read, so that nesting does not multiply what bytes can claim.
 */
final class CollectionSerializers {
  private static final int ITEM_BYTES = 64;
  private static final int UNBOUNDED = -1;

  private CollectionSerializers() {}

  static List<Object> readItems(Kryo kryo, Input input) {
    int size = ((BoundedInput) input).readLength();
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      items.add(kryo.readClassAndObject(input));
    }
    return items;
  }

  private static void writeSorted(Output output, List<byte[]> items) {
    items.sort(Arrays::compareUnsigned);
    output.writeVarInt(items.size(), true);
    items.forEach(output::writeBytes);
  }

  /** Whatever implements {@code List}. */
  static final class OfList extends Serializer<Collection<?>> {
    @Override
    public void write(Kryo kryo, Output output, Collection<?> list) {
      output.writeVarInt(list.size(), true);
      for (Object item : list) {
        kryo.writeClassAndObject(output, item);
      }
    }

    @Override
    public Collection<?> read(Kryo kryo, Input input, Class<? extends Collection<?>> type) {
      return readItems(kryo, input);
    }
  }

  /** Whatever implements {@code Set}. */
  static final class OfSet extends Serializer<Set<?>> {
    @Override
    public void write(Kryo kryo, Output output, Set<?> set) {
      List<byte[]> items = new ArrayList<>(set.size());
      for (Object item : set) {
        Output one = new Output(ITEM_BYTES, UNBOUNDED);
        kryo.writeClassAndObject(one, item);
        items.add(one.toBytes());
      }
      writeSorted(output, items);
    }

    @Override
    public Set<?> read(Kryo kryo, Input input, Class<? extends Set<?>> type) {
      Set<Object> set = new LinkedHashSet<>();
      for (Object item : readItems(kryo, input)) {
        if (!set.add(item)) {
          throw new KryoException("set has an element twice");
        }
      }
      return set;
    }
  }

  /** Whatever implements {@code Map}. */
  static final class OfMap extends Serializer<Map<?, ?>> {
    @Override
    public void write(Kryo kryo, Output output, Map<?, ?> map) {
      List<byte[]> items = new ArrayList<>(map.size());
      map.forEach(
          (key, value) -> {
            Output one = new Output(ITEM_BYTES, UNBOUNDED);
            kryo.writeClassAndObject(one, key);
            kryo.writeClassAndObject(one, value);
            items.add(one.toBytes());
          });
      writeSorted(output, items);
    }

    @Override
    public Map<?, ?> read(Kryo kryo, Input input, Class<? extends Map<?, ?>> type) {
      int size = ((BoundedInput) input).readLength();
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < size; i++) {
        Object key = kryo.readClassAndObject(input);
        if (map.containsKey(key)) {
          throw new KryoException("map has a key twice");
        }
        map.put(key, kryo.readClassAndObject(input));
      }
      return map;
    }
  }
}
