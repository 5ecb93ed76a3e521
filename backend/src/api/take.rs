//! The four operations that every generated record has.

/// Makes the handlers that read, delete, cancel and retry one kind of record.
macro_rules! take_operations {
    ($record:ident, $id:ident, $tag:literal, $base:literal, $one:literal, $cancel_path:literal, $retry_path:literal, $get:ident, $delete:ident, $cancel:ident, $retry:ident, $again:expr) => {
        /// Read one.
        ///
        /// As it is now: poll it until its status is `ready`, `failed` or `canceled`, or listen to `/api/events`.
        #[utoipa::path(tag = $tag, params(("id" = $id, Path, description = "Its id")), responses((status = 200, description = "It", body = $record)))]
        #[get($one)]
        pub async fn $get(ctx: Data<Arc<Ctx>>, id: Id<$id>) -> Result<HttpResponse> {
            Ok(HttpResponse::Ok().json(take::get::<$record>(&ctx, id.0).await?))
        }

        /// Delete one.
        ///
        /// With its files. If it is being made, that stops. Where it was its scene's selected one, the newest of the others that is ready
        /// becomes it.
        #[utoipa::path(tag = $tag, params(("id" = $id, Path, description = "Its id")), responses((status = 204, description = "It is gone")))]
        #[delete($one)]
        pub async fn $delete(ctx: Data<Arc<Ctx>>, id: Id<$id>, expected: Expected) -> Result<HttpResponse> {
            take::delete::<$record>(&ctx, id.0, expected.0).await?;
            Ok(answer::gone())
        }

        /// Cancel one.
        ///
        /// Stops what is queued or running; for a film, also the takes that were queued only for it. 409 where it is finished already.
        #[utoipa::path(tag = $tag, params(("id" = $id, Path, description = "Its id")), responses((status = 200, description = "It, canceled", body = $record)))]
        #[post($cancel_path)]
        pub async fn $cancel(ctx: Data<Arc<Ctx>>, id: Id<$id>) -> Result<HttpResponse> {
            Ok(HttpResponse::Ok().json(take::cancel::<$record>(&ctx, id.0).await?))
        }

        /// Try one again.
        ///
        /// Queues what failed or was canceled once more; before a film, what its scenes lack by now. 409 where it is neither.
        #[utoipa::path(tag = $tag, params(("id" = $id, Path, description = "Its id")), responses(
            (status = 202, description = "It, queued again", body = $record),
            (status = 200, description = "It, finished within the preferred wait", body = $record),
        ))]
        #[post($retry_path)]
        pub async fn $retry(ctx: Data<Arc<Ctx>>, id: Id<$id>, prefer: Prefer) -> Result<HttpResponse> {
            let record = $again(&ctx, id.0).await?;
            answer::accepted(&ctx, &format!(concat!("/api/", $base, "/{}"), id.0), id.0, record, prefer).await
        }
    };
}

pub(super) use take_operations;
