//! The C functions of include/pusher_auth.h, declared once for tests, fuzz targets and benchmarks.
//!
//! They can be called in two ways: linked, as the `pusher_*` functions of this module, or loaded at
//! run time, as the fields of [`Functions`].

use std::ffi::{c_char, c_void};

/// A `pusher_signer`.
pub type Signer = c_void;

macro_rules! functions {
    ($(fn $name:ident($($parameter:ident: $type:ty),* $(,)?) $(-> $result:ty)?;)*) => {
        unsafe extern "C" {
            $(pub fn $name($($parameter: $type),*) $(-> $result)?;)*
        }

        /// A pointer to each function.
        #[derive(Clone, Copy)]
        pub struct Functions {
            $(pub $name: unsafe extern "C" fn($($parameter: $type),*) $(-> $result)?,)*
        }

        impl Functions {
            /// The names, in the order of the header.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// Returns the functions that the program is linked with.
            // Inline, so that programs that do not call it are not linked with them.
            #[inline]
            pub fn linked() -> Self {
                Self { $($name),* }
            }

            /// Returns the functions at the addresses that `find` returns for their names.
            ///
            /// # Safety
            /// Each address must be that of the function of this name.
            pub unsafe fn load(find: impl Fn(&str) -> *const c_void) -> Self {
                Self {
                    $($name: {
                        let address = find(stringify!($name));
                        assert!(!address.is_null(), "{} is missing", stringify!($name));
                        // SAFETY: the caller guarantees it.
                        unsafe { std::mem::transmute::<
                            *const c_void,
                            unsafe extern "C" fn($($type),*) $(-> $result)?,
                        >(address) }
                    }),*
                }
            }
        }
    };
}

functions! {
    fn pusher_authenticate_user(
        config: *const c_char,
        socket_id: *const c_char,
        user_json: *const c_char,
        response: *mut c_char,
        response_size: usize,
    ) -> i32;
    fn pusher_signer_new(
        config: *const c_char,
        config_len: usize,
        signer: *mut *mut Signer,
    ) -> i32;
    fn pusher_signer_free(signer: *mut Signer);
    fn pusher_signer_bound(signer: *const Signer, input_len: usize) -> usize;
    fn pusher_signer_authenticate_user(
        signer: *const Signer,
        socket_id: *const c_char,
        socket_id_len: usize,
        user_json: *const c_char,
        user_json_len: usize,
        response: *mut c_char,
        response_size: usize,
    ) -> i32;
    fn pusher_signer_authorize_channel(
        signer: *const Signer,
        socket_id: *const c_char,
        socket_id_len: usize,
        channel: *const c_char,
        channel_len: usize,
        channel_data: *const c_char,
        channel_data_len: usize,
        response: *mut c_char,
        response_size: usize,
    ) -> i32;
    fn pusher_signer_verify_webhook(
        signer: *const Signer,
        key: *const c_char,
        key_len: usize,
        signature: *const c_char,
        signature_len: usize,
        body: *const c_char,
        body_len: usize,
    ) -> i32;
    fn pusher_signer_request_url(
        signer: *const Signer,
        method: *const c_char,
        method_len: usize,
        path: *const c_char,
        path_len: usize,
        query: *const c_char,
        query_len: usize,
        body: *const c_char,
        body_len: usize,
        timestamp: i64,
        url: *mut c_char,
        url_size: usize,
    ) -> i32;
    fn pusher_signer_terminate_user_url(
        signer: *const Signer,
        user_id: *const c_char,
        user_id_len: usize,
        timestamp: i64,
        url: *mut c_char,
        url_size: usize,
    ) -> i32;
    fn pusher_signer_event_body(
        signer: *const Signer,
        channel: *const c_char,
        channel_len: usize,
        name: *const c_char,
        name_len: usize,
        data: *const c_char,
        data_len: usize,
        socket_id: *const c_char,
        socket_id_len: usize,
        body: *mut c_char,
        body_size: usize,
    ) -> i32;
    fn pusher_signer_events_body(
        signer: *const Signer,
        events_json: *const c_char,
        events_json_len: usize,
        body: *mut c_char,
        body_size: usize,
    ) -> i32;
    fn pusher_signer_encrypt(
        signer: *const Signer,
        channel: *const c_char,
        channel_len: usize,
        data: *const c_char,
        data_len: usize,
        encrypted: *mut c_char,
        encrypted_size: usize,
    ) -> i32;
    fn pusher_signer_decrypt(
        signer: *const Signer,
        channel: *const c_char,
        channel_len: usize,
        encrypted: *const c_char,
        encrypted_len: usize,
        data: *mut c_char,
        data_size: usize,
    ) -> i32;
    fn pusher_request_parameter(
        content_type: *const c_char,
        content_type_len: usize,
        text: *const c_char,
        text_len: usize,
        name: *const c_char,
        name_len: usize,
        value: *mut c_char,
        value_size: usize,
    ) -> i32;
    fn pusher_jsonp(
        callback: *const c_char,
        callback_len: usize,
        response: *const c_char,
        response_len: usize,
        script: *mut c_char,
        script_size: usize,
    ) -> i32;
    fn pusher_response_bound(config_len: usize, user_json_len: usize) -> usize;
    fn pusher_error_name(code: i32) -> *const c_char;
    fn pusher_error_message(code: i32) -> *const c_char;
    fn pusher_version() -> *const c_char;
}
