package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A secret that a client and a socket server share; never shown and never sent. */
public final class Token {

  static final String GREETING = "execnet-socketserver 1";

  private static final Set<PosixFilePermission> OF_OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private static final int MAX_LENGTH = 4096;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] key;
  private final String from;

  private Token(String text, String from) {
    this.key = text.getBytes(StandardCharsets.UTF_8);
    this.from = from;
  }

  /**
   * A token.
   *
   * @param from where it was found, for messages
   */
  public static Token of(String text, String from) {
    if (text.isBlank()) {
      throw refused("the token of " + from + " is empty", null);
    }
    return new Token(text.strip(), from);
  }

  /** The user's own, which servers make and use unless told otherwise. */
  public static Path defaultFile() {
    return Path.of(System.getProperty("user.home"), ".execnet", "token");
  }

  /**
   * Reads a file that nobody but its owner may read. Blocks.
   *
   * @param path may begin with {@code ~/}
   * @throws BootstrapException if it can't be read, or by others too
   */
  public static Token read(String path) {
    try {
      Path file =
          path.startsWith("~/")
              ? Path.of(System.getProperty("user.home"), path.substring(2))
              : Path.of(path);
      return read(file);
    } catch (InvalidPathException e) {
      throw refused("no file can be named " + path, e);
    }
  }

  /** The same. */
  public static Token read(Path file) {
    try {
      PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      if (posix != null
          && posix.readAttributes().permissions().stream().anyMatch(OF_OTHERS::contains)) {
        throw refused("others than its owner may use the token file " + file + ": chmod 600", null);
      }
      if (Files.size(file) > MAX_LENGTH) {
        throw refused(file + " is too large for a token", null);
      }
      byte[] bytes = Files.readAllBytes(file);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return of(text, file.toString());
    } catch (CharacterCodingException e) {
      throw refused("the token file " + file + " holds no text", e);
    } catch (IOException e) {
      throw refused("can't read the token file " + file + ": " + e, e);
    }
  }

  static String nonce() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** What only who knows the token can write; it holds the role, so none can be sent back. */
  String proof(String role, String serverNonce, String clientNonce) {
    String text = String.join("\n", GREETING, role, serverNonce, clientNonce);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** Where it was found. */
  String from() {
    return from;
  }

  private static BootstrapException refused(String message, @Nullable Exception cause) {
    return new BootstrapException(Reason.AUTHENTICATION_REFUSED, message, "", cause);
  }

  @Override
  public String toString() {
    return "Token(" + from + ")";
  }
}
