variable "name" {
  description = "Name of the queue."
  type        = string
}

variable "visibility_seconds" {
  description = "How long a message is hidden once a worker has it; a running worker extends it."
  type        = number
}

variable "retention_seconds" {
  description = "How long a message is kept."
  type        = number
}

variable "wait_seconds" {
  description = "Long polling: how long a request for messages waits for one."
  type        = number
}

variable "dead_letters" {
  description = "Queue for messages that were received `after_receives` times and not deleted; null: there is none."
  type = object({
    queue_arn      = string
    after_receives = number
  })
}
