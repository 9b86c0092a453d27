package io.dhara.stores.etcd;

/** etcd could not be reached or refused to answer; trying again later may help. */
public final class EtcdUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EtcdUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
