package dev.tidemark.codec;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** What of a class is stored, in an order that does not depend on the compiler. */
final class Members {
  private Members() {}

  /** The fields behind a record's components, in their order. */
  static List<Field> ofRecord(Class<?> type) throws NoSuchFieldException {
    List<Field> fields = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Field field = type.getDeclaredField(component.getName());
      field.setAccessible(true);
      fields.add(field);
    }
    return fields;
  }

  /** The parameters of a record's constructor. */
  static Class<?>[] componentTypes(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(RecordComponent::getType)
        .toArray(Class<?>[]::new);
  }

  /** The fields of a class: those of superclasses first, then by name. */
  static List<Field> ofClass(Class<?> type) {
    Deque<Class<?>> lineage = new ArrayDeque<>();
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      lineage.push(c);
    }
    List<Field> fields = new ArrayList<>();
    for (Class<?> c : lineage) {
      Arrays.stream(c.getDeclaredFields())
          .filter(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0)
          .sorted(Comparator.comparing(Field::getName))
          .forEach(fields::add);
    }
    fields.forEach(field -> field.setAccessible(true));
    return fields;
  }
}
