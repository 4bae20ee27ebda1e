variable "dead_letter_queue_url" {
  description = "The queue of dead letters."
  type        = string
}

variable "source_queue_arns" {
  description = "The only queues that may name it as theirs."
  type        = list(string)
}
